package io.diskmap;

/**
 * Why an operation failed, the same on every driver.
 *
 * <p>The set is closed over the wire: a services server sends the kind and a remote client gets the
 * same one back.
 */
public enum ErrorKind {
  /** The file does not exist. */
  NOT_FOUND(RetryAdvice.NEVER),
  /** The file exists and the save asked for a new one. */
  ALREADY_EXISTS(RetryAdvice.NEVER),
  /** The version tag that the call named is not the current one. */
  PRECONDITION_FAILED(RetryAdvice.NEVER),
  /** The path breaks a rule of the contract or a limit of the store. */
  PATH_INVALID(RetryAdvice.NEVER),
  /** A file stands where a directory is needed, or a directory where a file is. */
  PATH_CONFLICT(RetryAdvice.NEVER),
  /** The store knows the caller and refuses this operation. */
  PERMISSION_DENIED(RetryAdvice.AFTER_FIX),
  /** The store does not accept the credentials. */
  UNAUTHENTICATED(RetryAdvice.AFTER_FIX),
  /** The store is full. */
  NO_SPACE(RetryAdvice.AFTER_FIX),
  /** A quota is used up. */
  QUOTA_EXCEEDED(RetryAdvice.AFTER_FIX),
  /** The content is larger than a limit allows. */
  TOO_LARGE(RetryAdvice.NEVER),
  /** The content is shorter or longer than announced. */
  LENGTH_MISMATCH(RetryAdvice.NEVER),
  /** The content does not have the checksum that was expected. */
  CHECKSUM_MISMATCH(RetryAdvice.NEVER),
  /** The file was replaced while it was being read. */
  CHANGED_DURING_READ(RetryAdvice.LATER),
  /** Somebody else holds the file. */
  BUSY(RetryAdvice.LATER),
  /** The disk, the key or the view allows no changes. */
  READ_ONLY(RetryAdvice.AFTER_FIX),
  /** The store cannot do what the options ask for. */
  UNSUPPORTED(RetryAdvice.NEVER),
  /** A time limit passed. */
  TIMEOUT(RetryAdvice.LATER),
  /** The store does not answer or the connection broke. */
  UNAVAILABLE(RetryAdvice.LATER),
  /** The store asks for fewer requests. */
  THROTTLED(RetryAdvice.LATER),
  /** The caller cancelled the call or interrupted its thread. */
  CANCELLED(RetryAdvice.NEVER),
  /** The caller's source of content failed. */
  SOURCE_FAILED(RetryAdvice.NEVER),
  /** A local file of the caller, the source or target of a transfer, failed. */
  LOCAL_IO(RetryAdvice.AFTER_FIX),
  /** The change may or may not have happened and the store cannot tell. */
  OUTCOME_UNKNOWN(RetryAdvice.LOOK_FIRST),
  /** The manager, storage or stream is closed. */
  CLOSED(RetryAdvice.NEVER),
  /** Anything else; the cause says more. */
  UNKNOWN(RetryAdvice.LOOK_FIRST);

  private final RetryAdvice advice;

  ErrorKind(RetryAdvice advice) {
    this.advice = advice;
  }

  /** What to do about it. */
  public RetryAdvice retryAdvice() {
    return advice;
  }

  /** Whether the same exchange may succeed a moment later, with nothing changed by anybody. */
  public boolean isTransient() {
    return switch (this) {
      case TIMEOUT, UNAVAILABLE, THROTTLED, BUSY -> true;
      default -> false;
    };
  }
}
