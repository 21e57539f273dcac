package io.diskmap.http.server.exchange;

import io.diskmap.CallContext;
import io.diskmap.ErrorKind;
import io.diskmap.StorageException;
import io.diskmap.http.protocol.Problem;
import io.diskmap.http.protocol.WireErrors;
import java.io.IOException;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Ends a request with a problem document before it becomes an operation of the storage. */
public final class Refusal extends IOException {
  private static final long serialVersionUID = 1L;
  private static final Set<ErrorKind> EARLY =
      EnumSet.of(
          ErrorKind.PATH_INVALID,
          ErrorKind.NOT_FOUND,
          ErrorKind.PERMISSION_DENIED,
          ErrorKind.TOO_LARGE,
          ErrorKind.LENGTH_MISMATCH,
          ErrorKind.PRECONDITION_FAILED,
          ErrorKind.UNSUPPORTED);

  private final int status;
  private final String code;
  private final String title;
  private transient @Nullable CallContext context;
  private boolean recorded;
  private @Nullable StorageException failure;

  /** A refusal with this status, code, title and detail. */
  public Refusal(int status, String code, String title, String detail) {
    super(detail);
    this.status = status;
    this.code = code;
    this.title = title;
  }

  /**
   * What failed before it became an operation of the storage, which would have its audit record; a
   * failure of an operation, or of the server itself, is answered as it is.
   */
  public static IOException early(StorageException failure, CallContext caller) {
    if (failure.operation().isPresent() || !EARLY.contains(failure.kind())) {
      return failure;
    }
    Problem problem = WireErrors.toProblem(failure, "");
    Refusal refusal =
        new Refusal(problem.status(), problem.code(), problem.title(), problem.detail());
    refusal.failure = failure;
    return refusal.by(caller);
  }

  /** The request breaks the wire contract. */
  public static Refusal badRequest(String detail) {
    return new Refusal(400, "bad-request", "The request is not understood", detail);
  }

  /** One answer for every reason, so that it tells nothing about keys. */
  public static Refusal unauthenticated() {
    return new Refusal(
        401,
        "unauthenticated",
        "The key is missing or not valid",
        "Send a valid key in the header X-API-Key.");
  }

  /** One answer for every reason, so that it tells nothing about disks and paths. */
  public static Refusal forbidden() {
    return new Refusal(
        403,
        "permission-denied",
        "The call is not allowed",
        "The key does not open this disk, path or call; ask the operator of the services server.");
  }

  /** The key opens reads only. */
  public static Refusal readOnly() {
    return new Refusal(
        403,
        "read-only",
        "Changes are not allowed here",
        "The key opens no call that changes files; use one that is not read-only.");
  }

  /** Too many wrong keys came from the caller's address. */
  public static Refusal tooManyFailures() {
    return new Refusal(
        429,
        "throttled",
        "Too many requests",
        "Too many refused keys came from this address; wait a minute, then send a valid one.");
  }

  /** The same, of a call whose caller is known. */
  public Refusal by(CallContext caller) {
    context = caller;
    return this;
  }

  /** The same, of a call whose operation on the storage has its audit record already. */
  public Refusal recorded() {
    recorded = true;
    return this;
  }

  /** Whether the audit trail has a record of it. */
  public boolean isRecorded() {
    return recorded;
  }

  /** Who was refused, where that is known. */
  public Optional<CallContext> context() {
    return Optional.ofNullable(context);
  }

  /** Why, as the audit trail says it. */
  public ErrorKind kind() {
    if (failure != null) {
      return failure.kind();
    }
    return switch (status) {
      case 401 -> ErrorKind.UNAUTHENTICATED;
      case 429 -> ErrorKind.THROTTLED;
      case 403 -> ErrorKind.PERMISSION_DENIED;
      default -> ErrorKind.UNSUPPORTED;
    };
  }

  /** The HTTP status. */
  public int status() {
    return status;
  }

  /** The document for a request of this id. */
  public Problem toProblem(String requestId) {
    StorageException early = failure;
    if (early != null) {
      return WireErrors.toProblem(early, requestId);
    }
    return new Problem(status, code, title, String.valueOf(getMessage()), status == 429, requestId);
  }
}
