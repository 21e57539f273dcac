package io.diskmap.s3;

import io.diskmap.DeleteReport;
import io.diskmap.StorageException;
import io.diskmap.s3.S3DeleteBatch.Failed;
import io.diskmap.s3.S3DeleteBatch.Item;
import io.diskmap.spi.Call;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.s3.model.DeleteMarkerEntry;
import software.amazon.awssdk.services.s3.model.ListObjectVersionsResponse;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.ObjectVersion;
import software.amazon.awssdk.services.s3.model.S3Object;

/**
 * One run over the keys below a prefix, whose batches go out side by side. For one thread; its
 * batches go to workers.
 */
final class S3DeleteRun {
  private static final int BATCHES = 4;

  private final S3Store store;
  private final String prefix;
  private final boolean versions;
  private final boolean dryRun;
  private final Call call;
  private final S3DeleteBatch requests;
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
    this.requests = new S3DeleteBatch(store, call);
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
          items.add(Item.of(object));
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
      ListObjectVersionsResponse page = store.versions(prefix, keyMarker, versionMarker, call);
      List<Item> items = new ArrayList<>();
      for (ObjectVersion version : page.versions()) {
        if (isMine(version.key()) && (exactly == null || exactly.equals(version.key()))) {
          items.add(Item.of(version));
        }
      }
      for (DeleteMarkerEntry marker : page.deleteMarkers()) {
        if (isMine(marker.key()) && (exactly == null || exactly.equals(marker.key()))) {
          items.add(Item.of(marker));
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
      files += item.counted() ? 1 : 0;
      bytes += item.counted() ? item.bytes() : 0;
    }
    if (dryRun || items.isEmpty()) {
      return;
    }
    for (int from = 0; from < items.size(); from += 1000) {
      if (running.size() >= BATCHES) {
        collect();
      }
      List<Item> batch = items.subList(from, Math.min(items.size(), from + 1000));
      running.add(store.sessions().submit(() -> requests.send(batch)));
      batches.add(batch);
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
      left = S3DeleteBatch.all(batch, e);
    }
    call.progressed();
    for (Failed one : left) {
      files -= one.item().counted() ? 1 : 0;
      bytes -= one.item().counted() ? one.item().bytes() : 0;
      failed++;
      if (failures.size() < DeleteReport.MAX_FAILURES) {
        failures.add(new DeleteReport.Failure(shown(one.item().key()), one.error()));
      }
    }
  }

  private String shown(String key) {
    return key.startsWith(store.keys().root()) ? key.substring(store.keys().root().length()) : key;
  }
}
