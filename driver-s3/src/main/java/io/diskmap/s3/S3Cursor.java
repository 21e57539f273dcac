package io.diskmap.s3;

import io.diskmap.FileMetadata;
import io.diskmap.StorageException;
import io.diskmap.StoragePath;
import io.diskmap.VersionTag;
import io.diskmap.s3.S3Page.Found;
import io.diskmap.spi.EntryCursor;
import io.diskmap.spi.ListRequest;
import io.diskmap.spi.SkippedNames;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Request;

/**
 * The entries of a listing, a page of the store at a time. For one thread.
 *
 * <p>The store sorts by the UTF-8 bytes of keys. In a listing of one level, directories come as
 * common prefixes, which are sorted among the keys as {@code name/}.
 */
final class S3Cursor implements EntryCursor {
  private static final int PAGE = 1000;
  private static final VersionTag BEING_WRITTEN = VersionTag.weak("being-written");
  private static final String BEHIND_ALL = Character.toString(Character.MAX_CODE_POINT);

  private final S3Store store;
  private final ListRequest request;
  private final String base;
  private final @Nullable S3Reorder<Found> reorder;
  private final @Nullable String behind;
  private Iterator<Found> page = List.<Found>of().iterator();
  private @Nullable String after;
  private @Nullable String token;
  private @Nullable FileMetadata entry;
  private @Nullable String last;
  private boolean ended;
  private final SkippedNames skipped = new SkippedNames();
  private long given;

  S3Cursor(S3Store store, StoragePath prefix, ListRequest request, boolean sortsUtf16)
      throws StorageException {
    this.store = store;
    this.request = request;
    this.base = store.keys().below(prefix);
    this.reorder = sortsUtf16 ? new S3Reorder<>(Found::key) : null;
    String from = start();
    String run = sortsUtf16 && from != null ? S3Reorder.runOf(bare(from)) : null;
    this.behind = run == null ? null : from;
    this.after = run == null ? from : run.isEmpty() ? null : run;
    fetch();
  }

  /** A start without the mark that it is behind all of a directory. */
  private static String bare(String start) {
    return start.endsWith(BEHIND_ALL)
        ? start.substring(0, start.length() - BEHIND_ALL.length())
        : start;
  }

  /** The key after which the listing begins. */
  private @Nullable String start() throws StorageException {
    if (request.startAfter().isEmpty()) {
      return null;
    }
    StoragePath path = request.startAfter().get();
    String key = store.keys().root() + path.value();
    if (!request.oneLevel() || !key.startsWith(base)) {
      return StoragePath.compareUtf8(key, base) > 0 ? key : null;
    }
    int slash = key.indexOf('/', base.length());
    if (slash >= 0) {
      return key.substring(0, slash + 1) + BEHIND_ALL;
    }
    return store.hasBelow(key + "/", request.call()) ? key + "/" + BEHIND_ALL : key;
  }

  @Override
  public boolean next() throws StorageException {
    while (true) {
      request.call().check();
      if (!page.hasNext()) {
        if (ended) {
          entry = null;
          return false;
        }
        fetch();
        continue;
      }
      Found found = page.next();
      if (found.key().equals(last)
          || (behind != null && StoragePath.compareUtf8(found.key(), behind) <= 0)) {
        continue;
      }
      last = found.key();
      FileMetadata made = entryOf(found);
      if (made != null) {
        entry = made;
        given++;
        return true;
      }
    }
  }

  private @Nullable FileMetadata entryOf(Found found) {
    S3Page.Item object = found.object();
    if (store.keys().isReserved(found.key())) {
      return null;
    }
    String name = object == null ? found.key().substring(0, found.key().length() - 1) : found.key();
    if (object != null && found.key().equals(base)) {
      skipped.add(found.key());
      return null;
    }
    Optional<StoragePath> path =
        name.length() <= store.keys().root().length() ? Optional.empty() : store.keys().path(name);
    if (path.isEmpty()) {
      skipped.add(found.key());
      return null;
    }
    return object == null
        ? FileMetadata.directory(path.get())
        : FileMetadata.file(
            path.get(),
            object.size(),
            S3Meta.time(object.modified() == null ? Instant.EPOCH : object.modified()),
            object.tag() == null ? BEING_WRITTEN : S3Meta.tag(object.tag()));
  }

  private void fetch() throws StorageException {
    long left = request.limit() - given;
    ListObjectsV2Request.Builder list =
        ListObjectsV2Request.builder()
            .bucket(store.bucket())
            .prefix(base)
            .encodingType(S3Store.encoding(base, token == null ? after : null))
            .maxKeys((int) Math.max(1, Math.min(PAGE, left)));
    if (request.oneLevel()) {
      list.delimiter("/");
    }
    if (token != null) {
      list.continuationToken(token);
    } else if (after != null) {
      list.startAfter(after);
    }
    ListObjectsV2Request built = list.build();
    S3Page answer = store.sessions().run(request.call(), client -> S3Page.ask(client, built));
    token = answer.token();
    ended = token == null;
    List<Found> found = answer.found();
    if (answer.prefixes()) {
      String passed = after == null ? "" : directoryOf(after);
      found = new ArrayList<>(found);
      found.removeIf(one -> one.object() == null && one.key().equals(passed));
      found.sort(
          reorder == null
              ? (a, b) -> StoragePath.compareUtf8(a.key(), b.key())
              : (a, b) -> a.key().compareTo(b.key()));
    }
    skipReserved(found);
    page = reordered(found).iterator();
  }

  /** The entries that are next in the order of UTF-8. */
  private List<Found> reordered(List<Found> found) {
    S3Reorder<Found> order = reorder;
    if (order == null) {
      return found;
    }
    List<Found> next = new ArrayList<>(found.size());
    found.forEach(order::add);
    if (ended) {
      order.end();
    }
    for (Found one = order.poll(); one != null; one = order.poll()) {
      next.add(one);
    }
    return next;
  }

  /** The directory that a start behind it stands for, else what no prefix equals. */
  private static String directoryOf(String start) {
    return start.endsWith(BEHIND_ALL)
        ? start.substring(0, start.length() - BEHIND_ALL.length())
        : "";
  }

  /** Where a page ends among the disk's own records, the listing goes on behind them. */
  private void skipReserved(List<Found> found) {
    String reserved = store.keys().reserved();
    if (!ended
        && !found.isEmpty()
        && found.get(found.size() - 1).key().startsWith(reserved)
        && !request.oneLevel()) {
      token = null;
      after = reserved + BEHIND_ALL;
    }
  }

  @Override
  public FileMetadata entry() {
    FileMetadata current = entry;
    if (current == null) {
      throw new IllegalStateException("the cursor stands on no entry");
    }
    return current;
  }

  @Override
  public long skipped() {
    return skipped.count();
  }

  @Override
  public List<String> skippedNames() {
    return skipped.first();
  }

  @Override
  public void close() {
    page = List.<Found>of().iterator();
    ended = true;
  }
}
