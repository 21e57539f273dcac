package io.diskmap.s3;

import io.diskmap.StorageException;
import io.diskmap.StoragePath;
import io.diskmap.spi.Call;
import java.time.Instant;
import java.util.Optional;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.S3Object;

/**
 * Removes the sidecars of versions that were replaced, or deleted by other programs.
 *
 * <p>Thread-safe. A run looks at one page of sidecars, each with a request for its file, and the
 * next run goes on behind it; so a run costs the same however many files there are.
 */
final class S3SidecarSweep {
  private final S3Store store;
  private volatile String after = "";

  S3SidecarSweep(S3Store store) {
    this.store = store;
  }

  /** Looks at the next page; what was written since may belong to a save that is under way. */
  void run(Instant since, Call call) throws StorageException {
    String prefix = store.keys().allSidecars();
    String from = after;
    ListObjectsV2Response page =
        store
            .sessions()
            .run(
                call,
                client ->
                    client.listObjectsV2(
                        r ->
                            r.bucket(store.bucket())
                                .prefix(prefix)
                                .encodingType(S3Store.encoding(prefix, from))
                                .startAfter(from.isEmpty() ? null : from)));
    for (S3Object sidecar : page.contents()) {
      if (sidecar.lastModified().isBefore(since)) {
        removeIfLost(sidecar.key(), call);
      }
    }
    int seen = page.contents().size();
    boolean more = Boolean.TRUE.equals(page.isTruncated()) && seen > 0;
    after = more ? page.contents().get(seen - 1).key() : "";
  }

  private void removeIfLost(String key, Call call) throws StorageException {
    Optional<StoragePath> path = S3Sidecars.file(store, key, call);
    if (path.isEmpty()) {
      return;
    }
    Optional<HeadObjectResponse> file = store.head(store.keys().file(path.get()), call);
    String writeId = key.substring(key.lastIndexOf('/') + 1);
    if (file.isEmpty() || !S3Meta.read(file.get().metadata()).writeId().equals(writeId)) {
      S3Sidecars.remove(store, key, call);
    }
  }
}
