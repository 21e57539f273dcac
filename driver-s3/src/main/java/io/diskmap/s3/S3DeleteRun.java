package io.diskmap.s3;

import io.diskmap.DeleteReport;
import io.diskmap.ErrorKind;
import io.diskmap.StorageException;
import io.diskmap.spi.Call;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.s3.model.DeleteMarkerEntry;
import software.amazon.awssdk.services.s3.model.ListObjectVersionsResponse;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.ObjectIdentifier;
import software.amazon.awssdk.services.s3.model.ObjectVersion;
import software.amazon.awssdk.services.s3.model.S3Object;

/**
 * One run over the keys below a prefix, whose batches go out side by side. For one thread; its
 * batches go to workers.
 */
final class S3DeleteRun {
  private static final int BATCHES = 4;
  private static final int ATTEMPTS = 4;
  private static final Duration PAUSE = Duration.ofMillis(100);

  private record Item(String key, long bytes, @Nullable String version, boolean counted) {}

  private record Failed(String key, StorageException error) {}

  private final S3Store store;
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

  S3DeleteRun(S3Store store, String prefix, boolean versions, boolean dryRun, Call call) {
    this.store = store;
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
                                  .encodingType(S3Store.encoding(prefix, null))
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
                                  .encodingType(S3Store.encoding(prefix, fromKey))
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
    return key.startsWith(store.keys().root()) ? key.substring(store.keys().root().length()) : key;
  }

  /** Sends a batch, and again what the store could not do at once. */
  private List<Failed> send(List<Item> batch) throws StorageException {
    List<Failed> left = sendOnce(batch);
    for (int attempt = 1; attempt < ATTEMPTS; attempt++) {
      Set<String> passing =
          left.stream()
              .filter(failed -> failed.error.kind().isTransient())
              .map(Failed::key)
              .collect(Collectors.toSet());
      if (passing.isEmpty()) {
        break;
      }
      call.pause(PAUSE.multipliedBy(1L << attempt));
      List<Failed> now = new ArrayList<>(left);
      now.removeIf(failed -> passing.contains(failed.key));
      now.addAll(sendOnce(batch.stream().filter(i -> passing.contains(i.key)).toList()));
      left = now;
    }
    return left;
  }

  /** Sends a batch; a store that refuses batches gets single requests. */
  private List<Failed> sendOnce(List<Item> batch) throws StorageException {
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
                          r -> r.bucket(store.bucket()).delete(d -> d.objects(names).quiet(true))));
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
        ? StorageException.of(ErrorKind.PERMISSION_DENIED, "The store refuses to delete this file.")
        : StorageException.of(
            ErrorKind.UNAVAILABLE,
            "The store did not delete this file (%s); repeat the call.".formatted(code));
  }
}
