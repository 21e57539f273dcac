package io.diskmap.http.protocol;

import io.diskmap.ErrorKind;
import io.diskmap.StorageException;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/**
 * The one place where an {@link ErrorKind} becomes a problem document and back. Stateless.
 *
 * <p>The code is the kind's name in lower case with hyphens, so the two map one to one; the status
 * is for people and proxies and decides only where a reply carries no code of ours.
 */
public final class WireErrors {
  /** The code of a request that breaks the wire contract itself. */
  public static final String BAD_REQUEST = "bad-request";

  private WireErrors() {}

  /** The status under which a kind travels. */
  public static int status(ErrorKind kind) {
    return switch (kind) {
      case NOT_FOUND -> 404;
      case ALREADY_EXISTS, PATH_CONFLICT, CHANGED_DURING_READ -> 409;
      case PRECONDITION_FAILED -> 412;
      case PATH_INVALID, LENGTH_MISMATCH, SOURCE_FAILED -> 400;
      case CHECKSUM_MISMATCH -> 422;
      case PERMISSION_DENIED, READ_ONLY -> 403;
      case UNAUTHENTICATED -> 401;
      case NO_SPACE, QUOTA_EXCEEDED -> 507;
      case TOO_LARGE -> 413;
      case BUSY -> 423;
      case UNSUPPORTED -> 501;
      case TIMEOUT -> 504;
      case UNAVAILABLE, CLOSED -> 503;
      case THROTTLED -> 429;
      case CANCELLED, LOCAL_IO, OUTCOME_UNKNOWN, UNKNOWN -> 500;
    };
  }

  /** The code of a kind: {@code NOT_FOUND} is {@code not-found}. */
  public static String code(ErrorKind kind) {
    return kind.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** The document for a failure of the storage. */
  public static Problem toProblem(StorageException failure, String requestId) {
    ErrorKind kind = failure.kind();
    return new Problem(
        status(kind), code(kind), title(kind), failure.sentence(), kind.isTransient(), requestId);
  }

  /** The failure that a document tells of, with the kind that the server's storage gave it. */
  public static StorageException toException(Problem problem, Optional<Duration> retryAfter) {
    ErrorKind kind = kind(problem);
    String text = problem.detail().isEmpty() ? problem.title() : problem.detail();
    return StorageException.builder(kind, text.isEmpty() ? bare(problem.status()) : text)
        .httpStatus(problem.status())
        .retryAfter(retryAfter.orElse(null))
        .build();
  }

  /** The failure for a reply without a problem document, such as a proxy's. */
  public static StorageException fromStatus(int status, Optional<Duration> retryAfter) {
    return StorageException.builder(kind(status), bare(status))
        .httpStatus(status)
        .retryAfter(retryAfter.orElse(null))
        .build();
  }

  private static String bare(int status) {
    return "The services server or a proxy before it answered "
        + status
        + "; check the URL and the server's log.";
  }

  private static ErrorKind kind(Problem problem) {
    for (ErrorKind kind : ErrorKind.values()) {
      if (code(kind).equals(problem.code())) {
        return kind;
      }
    }
    return kind(problem.status());
  }

  private static ErrorKind kind(int status) {
    return switch (status) {
      case 400, 405, 411, 415, 417, 501 -> ErrorKind.UNSUPPORTED;
      case 401, 407 -> ErrorKind.UNAUTHENTICATED;
      case 403 -> ErrorKind.PERMISSION_DENIED;
      case 408, 504 -> ErrorKind.TIMEOUT;
      case 412 -> ErrorKind.PRECONDITION_FAILED;
      case 413 -> ErrorKind.TOO_LARGE;
      case 425, 502, 503 -> ErrorKind.UNAVAILABLE;
      case 429 -> ErrorKind.THROTTLED;
      case 507 -> ErrorKind.NO_SPACE;
      default -> ErrorKind.UNKNOWN;
    };
  }

  private static String title(ErrorKind kind) {
    return switch (kind) {
      case NOT_FOUND -> "There is no such file";
      case ALREADY_EXISTS -> "The file exists already";
      case PRECONDITION_FAILED -> "The file is not the version that was asked for";
      case PATH_INVALID -> "The path is not valid";
      case PATH_CONFLICT -> "A file and a directory would have the same path";
      case PERMISSION_DENIED -> "The call is not allowed";
      case UNAUTHENTICATED -> "The key is missing or not valid";
      case NO_SPACE -> "The disk is full";
      case QUOTA_EXCEEDED -> "The quota is used up";
      case TOO_LARGE -> "The content is too large";
      case LENGTH_MISMATCH -> "The content does not have the announced length";
      case CHECKSUM_MISMATCH -> "The content does not have the announced checksum";
      case CHANGED_DURING_READ -> "The file changed while it was read";
      case BUSY -> "Somebody else holds the file";
      case READ_ONLY -> "Changes are not allowed here";
      case UNSUPPORTED -> "The disk cannot do that";
      case TIMEOUT -> "A time limit passed";
      case UNAVAILABLE -> "The storage does not answer";
      case THROTTLED -> "Too many requests";
      case CANCELLED -> "The call was cancelled";
      case SOURCE_FAILED -> "The request body broke off";
      case LOCAL_IO -> "A local file of the server failed";
      case OUTCOME_UNKNOWN -> "The change may or may not have happened";
      case CLOSED -> "The server is shutting down";
      case UNKNOWN -> "The call failed";
    };
  }
}
