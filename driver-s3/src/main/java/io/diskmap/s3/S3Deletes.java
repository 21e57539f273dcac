package io.diskmap.s3;

import io.diskmap.DeleteReport;
import io.diskmap.ErrorKind;
import io.diskmap.StorageException;
import io.diskmap.StoragePath;
import io.diskmap.spi.Call;
import io.diskmap.spi.DeleteRequest;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.s3.model.DeleteObjectRequest;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;

/**
 * Deletes files: one, or all below a prefix in batches side by side. Thread-safe.
 *
 * <p>In a versioned bucket a delete leaves the content behind a marker, unless the disk's option
 * asks for all versions.
 */
final class S3Deletes {

  private final S3Store store;

  S3Deletes(S3Store store) {
    this.store = store;
  }

  /** Removes one file; on a condition only that version. */
  boolean delete(StoragePath path, DeleteRequest request, S3Traits traits) throws StorageException {
    Call call = request.call();
    String key = store.keys().file(path);
    Optional<HeadObjectResponse> head = store.head(key, call);
    if (head.isEmpty()) {
      if (store.options().deleteVersions()) {
        new S3DeleteRun(store, key, true, false, call).deleteExactly(key);
      }
      return false;
    }
    String tag = S3Meta.bare(head.get().eTag());
    if (request.ifMatch().isPresent() && !request.ifMatch().get().matches(S3Meta.tag(tag))) {
      throw otherVersion(null);
    }
    DeleteObjectRequest.Builder delete =
        DeleteObjectRequest.builder().bucket(store.bucket()).key(key);
    if (request.ifMatch().isPresent() && traits.matchOnDelete()) {
      delete.ifMatch(S3Probe.quoted(tag));
    }
    DeleteObjectRequest built = delete.build();
    try {
      store.sessions().run(call, client -> client.deleteObject(built));
    } catch (StorageException e) {
      if (e.kind() == ErrorKind.NOT_FOUND) {
        return false;
      }
      if (e.kind() == ErrorKind.PRECONDITION_FAILED) {
        if (store.head(key, call).isEmpty()) {
          return false;
        }
        throw otherVersion(e);
      }
      settle(key, tag, e, call);
    }
    if (store.options().deleteVersions()) {
      new S3DeleteRun(store, key, true, false, call).deleteExactly(key);
    }
    removeSidecar(path, S3Meta.read(head.get().metadata()), call);
    return true;
  }

  private void removeSidecar(StoragePath path, S3Meta meta, Call call) throws StorageException {
    if (meta.sidecar() == S3Meta.Sidecar.NONE || meta.writeId().isEmpty()) {
      return;
    }
    S3Sidecars.remove(store, store.keys().sidecar(path, meta.writeId()), call);
  }

  /** A lost answer: gone is success, the same version means that nothing happened. */
  private void settle(String key, String tag, StorageException failure, Call call)
      throws StorageException {
    boolean sent =
        !S3Settle.isRefusal(failure)
            && (failure.getCause() == null || !S3Errors.neverSent(failure.getCause()));
    if (!sent) {
      throw failure;
    }
    Optional<HeadObjectResponse> now;
    boolean interrupted = Thread.interrupted();
    try {
      now = store.head(key, store.sessions().ownCall(call));
    } catch (StorageException e) {
      throw S3Settle.unknown(failure);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
    if (now.isPresent() && S3Meta.bare(now.get().eTag()).equals(tag)) {
      throw failure;
    }
  }

  private static StorageException otherVersion(@Nullable StorageException cause) {
    return StorageException.of(
        ErrorKind.PRECONDITION_FAILED,
        "The file is not the version that the delete named; it stays.",
        cause);
  }

  /** Removes all below a prefix, by raw key. */
  DeleteReport deletePrefix(StoragePath prefix, boolean dryRun, Call call) throws StorageException {
    boolean versions = store.options().deleteVersions();
    S3DeleteRun run = new S3DeleteRun(store, store.keys().below(prefix), versions, dryRun, call);
    DeleteReport report = run.deleteAll();
    if (!dryRun) {
      S3DeleteRun sidecars =
          new S3DeleteRun(store, store.keys().sidecars(prefix), versions, false, call);
      sidecars.deleteAll();
    }
    return report;
  }
}
