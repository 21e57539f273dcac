package io.diskmap.s3;

import io.diskmap.DeleteReport;
import io.diskmap.ErrorKind;
import io.diskmap.StorageException;
import io.diskmap.StoragePath;
import io.diskmap.spi.Call;
import io.diskmap.spi.DeleteRequest;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.s3.model.DeleteMarkerEntry;
import software.amazon.awssdk.services.s3.model.DeleteObjectRequest;
import software.amazon.awssdk.services.s3.model.EncodingType;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.ListObjectVersionsResponse;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.ObjectIdentifier;
import software.amazon.awssdk.services.s3.model.ObjectVersion;
import software.amazon.awssdk.services.s3.model.S3Object;

/**
 * Deletes files: one, or all below a prefix in batches side by side. Thread-safe.
 *
 * <p>In a versioned bucket a delete leaves the content behind a marker, unless the disk's option
 * asks for all versions.
 */
final class S3Deletes {
  private static final int BATCHES = 4;

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
      new Run(key, true, false, call).deleteExactly(key);
    }
    S3Sidecars.remove(store, path, S3Meta.read(head.get().metadata()), call);
    return true;
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
    Run run = new Run(store.keys().below(prefix), versions, dryRun, call);
    DeleteReport report = run.deleteAll();
    if (!dryRun) {
      Run sidecars = new Run(store.keys().sidecars(prefix), versions, false, call);
      sidecars.deleteAll();
    }
    return report;
  }

  /** One run over the keys below a prefix. For one thread; its batches go to workers. */
  private final class Run {
    private record Item(String key, long bytes, @Nullable String version, boolean counted) {}

    private record Failed(String key, StorageException error) {}

    private final String prefix;
    private final boolean versions;
    private final boolean dryRun;
    private final Call call;
    private final Deque<Future<List<Failed>>> running = new ArrayDeque<>();
    private final Deque<List<Item>> batches = new ArrayDeque<>();
    private final List<DeleteReport.Failure> failures = new ArrayList<>();
    private long files;
    private long bytes;
    private long failed;

    Run(String prefix, boolean versions, boolean dryRun, Call call) {
      this.prefix = prefix;
      this.versions = versions;
      this.dryRun = dryRun;
      this.call = call;
    }

    DeleteReport deleteAll() throws StorageException {
      try {
        if (versions) {
          pagesOfVersions(null);
        } else {
          pages();
        }
      } finally {
        while (!running.isEmpty()) {
          collect();
        }
      }
      return new DeleteReport(files, bytes, failed, failures, dryRun);
    }

    /** Removes every version of one key. */
    void deleteExactly(String key) throws StorageException {
      try {
        pagesOfVersions(key);
      } finally {
        while (!running.isEmpty()) {
          collect();
        }
      }
      if (!failures.isEmpty()) {
        throw failures.get(0).error();
      }
    }

    private void pages() throws StorageException {
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
                                    .encodingType(EncodingType.URL)
                                    .continuationToken(from)));
        List<Item> items = new ArrayList<>();
        for (S3Object object : page.contents()) {
          if (isMine(object.key())) {
            items.add(new Item(object.key(), object.size(), null, true));
          }
        }
        submit(items);
        token = Boolean.TRUE.equals(page.isTruncated()) ? page.nextContinuationToken() : null;
      } while (token != null);
    }

    private void pagesOfVersions(@Nullable String exactly) throws StorageException {
      String keyMarker = null;
      String versionMarker = null;
      do {
        String fromKey = keyMarker;
        String fromVersion = versionMarker;
        ListObjectVersionsResponse page =
            store
                .sessions()
                .run(
                    call,
                    client ->
                        client.listObjectVersions(
                            r ->
                                r.bucket(store.bucket())
                                    .prefix(prefix)
                                    .encodingType(EncodingType.URL)
                                    .keyMarker(fromKey)
                                    .versionIdMarker(fromVersion)));
        List<Item> items = new ArrayList<>();
        for (ObjectVersion version : page.versions()) {
          if (isMine(version.key()) && (exactly == null || exactly.equals(version.key()))) {
            boolean latest = Boolean.TRUE.equals(version.isLatest());
            items.add(new Item(version.key(), version.size(), version.versionId(), latest));
          }
        }
        for (DeleteMarkerEntry marker : page.deleteMarkers()) {
          if (isMine(marker.key()) && (exactly == null || exactly.equals(marker.key()))) {
            items.add(new Item(marker.key(), 0, marker.versionId(), false));
          }
        }
        submit(items);
        boolean more = Boolean.TRUE.equals(page.isTruncated());
        keyMarker = more ? page.nextKeyMarker() : null;
        versionMarker = more ? page.nextVersionIdMarker() : null;
      } while (keyMarker != null);
    }

    /** Records of uploads stay; sidecars are removed by a run of their own. */
    private boolean isMine(String key) {
      return !store.keys().isReserved(key) || prefix.startsWith(store.keys().reserved());
    }

    private void submit(List<Item> items) throws StorageException {
      call.check();
      call.progressed();
      for (Item item : items) {
        files += item.counted ? 1 : 0;
        bytes += item.counted ? item.bytes : 0;
      }
      if (dryRun || items.isEmpty()) {
        return;
      }
      for (int from = 0; from < items.size(); from += 1000) {
        if (running.size() >= BATCHES) {
          collect();
        }
        List<Item> batch = items.subList(from, Math.min(items.size(), from + 1000));
        batches.add(batch);
        running.add(store.sessions().context().workers().submit(() -> send(batch)));
      }
    }

    private void collect() throws StorageException {
      Future<List<Failed>> oldest = running.remove();
      List<Item> batch = batches.remove();
      List<Failed> left;
      try {
        left = S3Tasks.get(oldest, call);
      } catch (StorageException e) {
        call.check();
        left = batch.stream().map(item -> new Failed(item.key, e)).toList();
      }
      call.progressed();
      for (Failed one : left) {
        Item item =
            batch.stream().filter(i -> i.key.equals(one.key)).findFirst().orElse(batch.get(0));
        files -= item.counted ? 1 : 0;
        bytes -= item.counted ? item.bytes : 0;
        failed++;
        if (failures.size() < DeleteReport.MAX_FAILURES) {
          failures.add(new DeleteReport.Failure(shown(one.key), one.error));
        }
      }
    }

    private String shown(String key) {
      return key.startsWith(store.keys().root())
          ? key.substring(store.keys().root().length())
          : key;
    }

    /** Sends a batch; a store that refuses batches gets single requests. */
    private List<Failed> send(List<Item> batch) throws StorageException {
      List<ObjectIdentifier> names = new ArrayList<>();
      for (Item item : batch) {
        names.add(ObjectIdentifier.builder().key(item.key).versionId(item.version).build());
      }
      List<Failed> left = new ArrayList<>();
      try {
        var answer =
            store
                .sessions()
                .run(
                    call,
                    client ->
                        client.deleteObjects(
                            r ->
                                r.bucket(store.bucket())
                                    .delete(d -> d.objects(names).quiet(true))));
        for (var error : answer.errors()) {
          if (!"NoSuchKey".equals(error.code())) {
            left.add(new Failed(error.key(), failure(error.code())));
          }
        }
      } catch (StorageException e) {
        int status = e.httpStatus().orElse(0);
        if (status != 400 && status != 501) {
          throw e;
        }
        for (Item item : batch) {
          deleteAlone(item).ifPresent(left::add);
        }
      }
      return left;
    }

    private Optional<Failed> deleteAlone(Item item) throws StorageException {
      try {
        store
            .sessions()
            .run(
                call,
                client ->
                    client.deleteObject(
                        r -> r.bucket(store.bucket()).key(item.key).versionId(item.version)));
        return Optional.empty();
      } catch (StorageException e) {
        call.check();
        return e.kind() == ErrorKind.NOT_FOUND
            ? Optional.empty()
            : Optional.of(new Failed(item.key, e));
      }
    }

    private StorageException failure(@Nullable String code) {
      return "AccessDenied".equals(code)
          ? StorageException.of(
              ErrorKind.PERMISSION_DENIED, "The store refuses to delete this file.")
          : StorageException.of(
              ErrorKind.UNAVAILABLE,
              "The store did not delete this file (%s); repeat the call.".formatted(code));
    }
  }
}
