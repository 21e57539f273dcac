package io.diskmap.s3;

import io.diskmap.ErrorKind;
import io.diskmap.StorageException;
import io.diskmap.spi.Call;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.s3.model.DeleteMarkerEntry;
import software.amazon.awssdk.services.s3.model.ListObjectVersionsResponse;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.ObjectIdentifier;
import software.amazon.awssdk.services.s3.model.ObjectVersion;
import software.amazon.awssdk.services.s3.model.S3Error;
import software.amazon.awssdk.services.s3.model.S3Object;

/**
 * The requests of one run of deletes, at most 1 000 keys in each. Thread-safe.
 *
 * <p>A request without an answer may have been done, and another file may stand in the place of one
 * that it removed; so only what still stands as it was listed is asked for again.
 */
record S3DeleteBatch(S3Store store, Call call) {
  private static final int ATTEMPTS = 4;
  private static final int LOOKS = 8;
  private static final String NO_VERSION = "null";
  private static final Duration PAUSE = Duration.ofMillis(100);

  /** What is deleted, as it was listed. */
  record Item(
      String key,
      long bytes,
      @Nullable String version,
      @Nullable String tag,
      @Nullable Instant modified,
      boolean counted) {
    static Item of(S3Object object) {
      return new Item(
          object.key(), object.size(), null, object.eTag(), object.lastModified(), true);
    }

    static Item of(ObjectVersion version) {
      return new Item(
          version.key(),
          version.size(),
          version.versionId(),
          version.eTag(),
          version.lastModified(),
          Boolean.TRUE.equals(version.isLatest()));
    }

    static Item of(DeleteMarkerEntry marker) {
      return new Item(marker.key(), 0, marker.versionId(), null, marker.lastModified(), false);
    }

    boolean isNamed(String name, @Nullable String id) {
      return key.equals(name) && (version == null || version.equals(id));
    }

    /** Whether the id belongs to this version for ever. */
    boolean isOneVersion() {
      return version != null && !version.equals(NO_VERSION);
    }
  }

  /** What still is there, and why. */
  record Failed(Item item, StorageException error) {}

  /** All of them, for one reason. */
  static List<Failed> all(List<Item> items, StorageException error) {
    return items.stream().map(item -> new Failed(item, error)).toList();
  }

  /**
   * Sends a batch, and again what the store did not do at once or did not answer, as far as it
   * still stands as it was listed. A broken connection of the pool counts as no attempt.
   */
  List<Failed> send(List<Item> batch) throws StorageException {
    List<Failed> settled = new ArrayList<>();
    List<Item> left = batch;
    int attempts = 0;
    int broken = 0;
    while (!left.isEmpty()) {
      List<Failed> passing = new ArrayList<>();
      for (Failed one : sendOnce(left)) {
        (one.error.kind().isTransient() ? passing : settled).add(one);
      }
      if (passing.isEmpty()) {
        break;
      }
      boolean stale = S3Errors.isStale(passing.get(0).error);
      attempts += stale ? 0 : 1;
      broken += stale ? 1 : 0;
      if (attempts >= ATTEMPTS || broken > store.options().connections()) {
        settled.addAll(passing);
        break;
      }
      if (!stale) {
        call.pause(PAUSE.multipliedBy(1L << attempts));
      }
      left = standing(passing.stream().map(Failed::item).toList());
    }
    return settled;
  }

  /** Those that stand as they were listed; what is in the place of the others is newer. */
  private List<Item> standing(List<Item> items) throws StorageException {
    List<Future<List<Item>>> looks = new ArrayList<>();
    int share = (items.size() + LOOKS - 1) / LOOKS;
    for (int from = 0; from < items.size(); from += share) {
      List<Item> some = items.subList(from, Math.min(items.size(), from + share));
      looks.add(store.sessions().submit(() -> look(some)));
    }
    S3Tasks.join(looks, call);
    List<Item> left = new ArrayList<>();
    for (Future<List<Item>> look : looks) {
      left.addAll(S3Tasks.get(look, call));
    }
    return left;
  }

  private List<Item> look(List<Item> items) throws StorageException {
    List<Item> left = new ArrayList<>();
    for (Item item : items) {
      if (item.isOneVersion() || stands(item)) {
        left.add(item);
      }
      call.progressed();
    }
    return left;
  }

  private boolean stands(Item item) throws StorageException {
    if (item.version != null) {
      return standsUnversioned(item);
    }
    ListObjectsV2Response now =
        store
            .sessions()
            .run(
                call,
                client ->
                    client.listObjectsV2(
                        r ->
                            r.bucket(store.bucket())
                                .prefix(item.key)
                                .encodingType(S3Store.encoding(item.key, null))
                                .maxKeys(1)));
    return now.contents().stream().map(Item::of).anyMatch(item::equals);
  }

  /** The same for the one version of a key that another can take the place of. */
  private boolean standsUnversioned(Item item) throws StorageException {
    ListObjectVersionsResponse now = store.versions(item.key, null, null, call);
    return Stream.concat(
            now.versions().stream().map(Item::of), now.deleteMarkers().stream().map(Item::of))
        .filter(found -> found.isNamed(item.key, NO_VERSION))
        .anyMatch(
            found ->
                Objects.equals(found.tag, item.tag)
                    && Objects.equals(found.modified, item.modified));
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
          left.add(new Failed(named(batch, error), failure(error.code())));
        }
      }
    } catch (StorageException e) {
      call.check();
      int status = e.httpStatus().orElse(0);
      if (status != 400 && status != 501) {
        return all(batch, e);
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
      return e.kind() == ErrorKind.NOT_FOUND ? Optional.empty() : Optional.of(new Failed(item, e));
    }
  }

  private static Item named(List<Item> batch, S3Error error) {
    return batch.stream()
        .filter(item -> item.isNamed(error.key(), error.versionId()))
        .findFirst()
        .orElse(batch.get(0));
  }

  private static StorageException failure(@Nullable String code) {
    return "AccessDenied".equals(code)
        ? StorageException.of(ErrorKind.PERMISSION_DENIED, "The store refuses to delete this file.")
        : StorageException.of(
            ErrorKind.UNAVAILABLE,
            "The store did not delete this file (%s); repeat the call.".formatted(code));
  }
}
