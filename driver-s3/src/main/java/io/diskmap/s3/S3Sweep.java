package io.diskmap.s3;

import io.diskmap.ErrorKind;
import io.diskmap.StorageException;
import io.diskmap.StoragePath;
import io.diskmap.spi.Call;
import io.diskmap.spi.PendingUpload;
import io.diskmap.spi.UploadId;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.s3.model.ListMultipartUploadsResponse;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.MultipartUpload;
import software.amazon.awssdk.services.s3.model.S3Object;

/**
 * Finds what unfinished saves have left, and removes it.
 *
 * <p>Thread-safe. Uploads with a record are known by their write id. The store's own list of
 * unfinished uploads has those too whose process died before the record was written; they go by a
 * hash of what the store calls them, or away where they were not to become a file but one of the
 * disk's own. Answers of finished saves are forgotten after a day.
 */
final class S3Sweep {
  private static final String UNRECORDED = "unrecorded-";
  private static final Duration DONE_KEPT = Duration.ofHours(24);

  private final S3Store store;
  private final S3Multipart multipart;
  private final S3Commit committer;
  private final S3SidecarSweep sidecars;

  S3Sweep(S3Store store, S3Multipart multipart, S3Commit committer) {
    this.store = store;
    this.multipart = multipart;
    this.committer = committer;
    this.sidecars = new S3SidecarSweep(store);
  }

  /** The saves that had no part for this long. */
  List<PendingUpload> find(Duration idleFor, Call call) throws StorageException {
    Instant now = store.time(call);
    List<PendingUpload> idle = new ArrayList<>();
    Set<String> recorded = new HashSet<>();
    for (S3Object object : objects(store.keys().uploads(), call)) {
      Optional<S3Records.Open> upload = read(object.key(), call);
      if (upload.isEmpty()) {
        continue;
      }
      recorded.add(upload.get().uploadId());
      Instant last = lastActivity(upload.get(), object.lastModified(), call);
      if (!isYoung(last, idleFor, now)) {
        UploadId id = new UploadId(upload.get().request().writeId());
        idle.add(new PendingUpload(id, upload.get().path(), last));
      }
    }
    List<MultipartUpload> unfinished = unfinished(call);
    for (MultipartUpload upload : unfinished) {
      boolean young = isYoung(upload.initiated(), idleFor, now);
      if (!recorded.contains(upload.uploadId()) && !young) {
        Optional<StoragePath> path = store.keys().path(upload.key());
        if (path.isPresent()) {
          idle.add(new PendingUpload(id(upload), path.get(), upload.initiated()));
        }
      }
    }
    if (!store.sessions().context().readOnly()) {
      unfinished.removeIf(upload -> recorded.contains(upload.uploadId()));
      forget(unfinished, idleFor, now, call);
    }
    return idle;
  }

  /**
   * Removes what is the disk's own and of no use: answers, sidecars and uploads without a file, and
   * what is left of probes, of which one that is under way is younger than its time limit.
   */
  private void forget(List<MultipartUpload> unrecorded, Duration idleFor, Instant now, Call call)
      throws StorageException {
    Instant since = now.minus(longer(idleFor, store.options().uploadMaxAge()));
    Duration probing = store.sessions().context().timeout().multipliedBy(2);
    Instant sinceProbes = now.minus(longer(idleFor, probing));
    forgetAnswers(now, call);
    sidecars.run(since, call);
    forgetProbes(sinceProbes, call);
    for (MultipartUpload upload : unrecorded) {
      boolean probe = upload.key().startsWith(store.keys().probe(""));
      boolean lost = upload.initiated().isBefore(probe ? sinceProbes : since);
      if (lost && store.keys().isReserved(upload.key())) {
        multipart.abort(upload.key(), upload.uploadId(), call);
      }
    }
  }

  /** Whether it is less idle than that; nothing is less idle than not at all. */
  private static boolean isYoung(Instant last, Duration idleFor, Instant now) {
    return !idleFor.isZero() && S3Meta.time(last).plus(idleFor).isAfter(now);
  }

  private static Duration longer(Duration one, Duration other) {
    return one.compareTo(other) > 0 ? one : other;
  }

  /** A record, none where it is gone or damaged. */
  private Optional<S3Records.Open> read(String key, Call call) throws StorageException {
    Optional<String> text = store.readText(key, call);
    try {
      return text.isEmpty() ? Optional.empty() : Optional.of(S3Records.open(text.get(), call));
    } catch (StorageException e) {
      if (e.kind() == ErrorKind.NOT_FOUND) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private Instant lastActivity(S3Records.Open upload, Instant recorded, Call call)
      throws StorageException {
    try {
      Optional<Instant> last =
          multipart.list(
              committer.uploadKey(upload),
              upload.uploadId(),
              new S3Parts(upload.chunkSize()),
              call);
      return last.filter(at -> at.isAfter(recorded)).orElse(recorded);
    } catch (StorageException e) {
      if (e.kind() == ErrorKind.NOT_FOUND) {
        return recorded;
      }
      throw e;
    }
  }

  private void forgetAnswers(Instant now, Call call) throws StorageException {
    for (S3Object object : objects(store.keys().doneRecords(), call)) {
      if (object.lastModified().plus(DONE_KEPT).isBefore(now)) {
        store.remove(object.key(), call);
      }
    }
  }

  /**
   * Removes what a probe has left: one whose process did not live to remove it, or whose request
   * came to the store after its removal.
   */
  private void forgetProbes(Instant since, Call call) throws StorageException {
    for (S3Object object : objects(store.keys().probe(""), call)) {
      if (object.lastModified().isBefore(since)) {
        store.remove(object.key(), call);
      }
    }
  }

  /** Removes what a save has staged; nothing to do where there is none. */
  void abort(UploadId id, Call call) throws StorageException {
    if (id.value().startsWith(UNRECORDED)) {
      for (MultipartUpload upload : unfinished(call)) {
        if (id(upload).equals(id)) {
          multipart.abort(upload.key(), upload.uploadId(), call);
        }
      }
      return;
    }
    Optional<S3Records.Open> upload = read(store.keys().upload(id.value()), call);
    if (upload.isPresent()) {
      committer.abort(upload.get(), true, call);
    }
  }

  private static UploadId id(MultipartUpload upload) {
    byte[] name = (upload.key() + "\n" + upload.uploadId()).getBytes(StandardCharsets.UTF_8);
    byte[] hash = S3Sums.newDigest("SHA-256").digest(name);
    return new UploadId(UNRECORDED + HexFormat.of().formatHex(hash));
  }

  private List<S3Object> objects(String prefix, Call call) throws StorageException {
    List<S3Object> all = new ArrayList<>();
    String token = null;
    do {
      String from = token;
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
                                  .encodingType(S3Store.encoding(prefix, null))
                                  .continuationToken(from)));
      all.addAll(page.contents());
      call.progressed();
      token = Boolean.TRUE.equals(page.isTruncated()) ? page.nextContinuationToken() : null;
    } while (token != null);
    return all;
  }

  /** The store's own list of unfinished uploads below the root. */
  List<MultipartUpload> unfinished(Call call) throws StorageException {
    List<MultipartUpload> all = new ArrayList<>();
    @Nullable String keyMarker = null;
    @Nullable String idMarker = null;
    do {
      String fromKey = keyMarker;
      String fromId = idMarker;
      ListMultipartUploadsResponse page =
          store
              .sessions()
              .run(
                  call,
                  client ->
                      client.listMultipartUploads(
                          r ->
                              r.bucket(store.bucket())
                                  .prefix(store.keys().root())
                                  .encodingType(S3Store.encoding(store.keys().root(), fromKey))
                                  .keyMarker(fromKey)
                                  .uploadIdMarker(fromId)));
      all.addAll(page.uploads());
      call.progressed();
      boolean more = Boolean.TRUE.equals(page.isTruncated());
      keyMarker = more ? page.nextKeyMarker() : null;
      idMarker = more ? page.nextUploadIdMarker() : null;
    } while (keyMarker != null);
    return all;
  }
}
