package io.diskmap.s3;

import io.diskmap.ErrorKind;
import io.diskmap.FileMetadata;
import io.diskmap.StorageException;
import io.diskmap.StoragePath;
import io.diskmap.WriteCondition;
import io.diskmap.spi.Call;
import io.diskmap.spi.WriteRequest;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;

/**
 * Settles a publication whose answer is lost or is a refusal, by looking at the write id of what
 * stands there.
 *
 * <p>Stateless. The client may repeat a conditional write by itself, and then meets its own success
 * as a refusal; so a refusal is looked into as well.
 */
final class S3Settle {
  private S3Settle() {}

  /** A request that publishes, and what it answers. */
  @FunctionalInterface
  interface Publication {
    FileMetadata run() throws StorageException;
  }

  /**
   * Publishes and settles what it does not answer. Where a pooled connection was broken and nothing
   * happened it publishes again: looking has found a connection that works.
   */
  static FileMetadata publish(
      S3Store store, StoragePath path, WriteRequest request, Publication publication)
      throws StorageException {
    for (int broken = 0; ; broken++) {
      try {
        return publication.run();
      } catch (StorageException e) {
        try {
          return after(store, path, request, e);
        } catch (StorageException settled) {
          boolean again = settled == e && S3Errors.isStale(e);
          if (!again || broken >= store.options().connections()) {
            throw settled;
          }
        }
      }
    }
  }

  /** The file where it is the one that this save made. */
  static Optional<FileMetadata> ours(S3Store store, StoragePath path, String writeId, Call call)
      throws StorageException {
    Optional<HeadObjectResponse> head = store.head(store.keys().file(path), call);
    if (head.isEmpty() || !S3Meta.read(head.get().metadata()).writeId().equals(writeId)) {
      return Optional.empty();
    }
    return Optional.of(store.file(path, head.get(), call));
  }

  /** The file that was published in spite of the failure, else what the failure means. */
  static FileMetadata after(
      S3Store store, StoragePath path, WriteRequest request, StorageException failure)
      throws StorageException {
    if (neverBegan(failure)) {
      throw failure;
    }
    if (isRefusal(failure) && failure.kind() != ErrorKind.PRECONDITION_FAILED) {
      if (failure.kind() == ErrorKind.NOT_FOUND
          && request.condition().kind() == WriteCondition.Kind.IF_MATCH) {
        return oursOr(store, path, request, conditionFailed(request, failure), failure);
      }
      throw failure;
    }
    if (failure.kind() == ErrorKind.PRECONDITION_FAILED) {
      return oursOr(store, path, request, conditionFailed(request, failure), failure);
    }
    if (failure.getCause() != null && S3Errors.neverSent(failure.getCause())) {
      throw failure;
    }
    return oursOr(store, path, request, failure, failure);
  }

  private static FileMetadata oursOr(
      S3Store store,
      StoragePath path,
      WriteRequest request,
      StorageException otherwise,
      StorageException cause)
      throws StorageException {
    boolean interrupted = Thread.interrupted();
    Optional<FileMetadata> found;
    try {
      found = ours(store, path, request.writeId(), store.sessions().ownCall(request.call()));
    } catch (StorageException e) {
      if (isRefusal(cause)) {
        throw otherwise;
      }
      throw unknown(cause);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
    if (found.isPresent()) {
      return found.get();
    }
    throw otherwise;
  }

  /** Whether no worker took the request, as none does while the disk closes. */
  static boolean neverBegan(StorageException failure) {
    return failure.getCause() instanceof RejectedExecutionException;
  }

  /** Whether the store has answered that it did nothing. */
  static boolean isRefusal(StorageException failure) {
    int status = failure.httpStatus().orElse(0);
    return status >= 300 && status < 500 && failure.kind() != ErrorKind.TIMEOUT;
  }

  static StorageException conditionFailed(WriteRequest request, StorageException cause) {
    return request.condition().kind() == WriteCondition.Kind.IF_ABSENT
        ? StorageException.of(ErrorKind.ALREADY_EXISTS, "The file exists already.", cause)
        : StorageException.of(
            ErrorKind.PRECONDITION_FAILED,
            "The file is not the version that the save named; read it again.",
            cause);
  }

  static StorageException unknown(StorageException cause) {
    return StorageException.of(
        ErrorKind.OUTCOME_UNKNOWN,
        "The store's answer was lost and it cannot be asked; look at the file before repeating.",
        cause);
  }
}
