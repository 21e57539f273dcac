package io.diskmap.smb.wire;

import java.io.IOException;

/** A server that let nobody in, or not in the way that the options ask for. Immutable. */
public final class LoginException extends IOException {
  /** What stood in the way. */
  public enum Reason {
    /** There is no common dialect. */
    DIALECT,
    /** There is no common way to prove who the user is. */
    MECHANISM,
    /** The messages cannot be signed. */
    SIGNING,
    /** The messages cannot be encrypted. */
    ENCRYPTION,
    /** Only a guest's session was given. */
    GUEST,
    /** The share is no disk. */
    SHARE,
    /** Something else, which the cause tells. */
    OTHER
  }

  private final Reason reason;

  LoginException(Reason reason, String message, Throwable cause) {
    super(message, cause);
    this.reason = reason;
  }

  LoginException(Reason reason, String message) {
    super(message);
    this.reason = reason;
  }

  public Reason reason() {
    return reason;
  }
}
