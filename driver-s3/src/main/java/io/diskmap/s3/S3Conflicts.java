package io.diskmap.s3;

import io.diskmap.ErrorKind;
import io.diskmap.StorageException;
import io.diskmap.StoragePath;
import io.diskmap.spi.Call;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;

/**
 * Looks after that no file is saved below a file (clause P3), as far as the disk's option asks.
 *
 * <p>Thread-safe. A store of keys has no such rule, so a check and a save of another program can
 * cross. Parents that are no files are remembered for a minute, never those that are.
 */
final class S3Conflicts {
  private static final long REMEMBERED_NANOS = 60_000_000_000L;
  private static final int MOST_REMEMBERED = 10_000;

  private final S3Store store;
  private final Map<String, Long> noFiles = new ConcurrentHashMap<>();

  S3Conflicts(S3Store store) {
    this.store = store;
  }

  /**
   * Throws PATH_CONFLICT where a parent is a file, or, where it is strict, the path a directory.
   */
  void requireNone(StoragePath path, Call call) throws StorageException {
    S3Options.PathConflicts rule = store.options().pathConflicts();
    if (rule == S3Options.PathConflicts.OFF) {
      return;
    }
    boolean strict = rule == S3Options.PathConflicts.STRICT;
    List<StoragePath> parents = new ArrayList<>();
    for (Optional<StoragePath> at = path.parent();
        at.isPresent() && !at.get().isRoot();
        at = at.get().parent()) {
      if (strict || !isRemembered(at.get())) {
        parents.add(at.get());
      }
    }
    requireNoFiles(parents, call);
    if (strict && store.hasBelow(store.keys().below(path), call)) {
      throw conflict("The path is a directory: files stand below it; choose another name.");
    }
    forget(path);
  }

  private boolean isRemembered(StoragePath parent) {
    Long since = noFiles.get(parent.value());
    return since != null && System.nanoTime() - since < REMEMBERED_NANOS;
  }

  private void requireNoFiles(List<StoragePath> parents, Call call) throws StorageException {
    if (parents.size() <= 1) {
      for (StoragePath parent : parents) {
        requireNoFile(parent, call);
      }
      return;
    }
    List<Future<?>> asked = new ArrayList<>();
    for (StoragePath parent : parents) {
      asked.add(
          store
              .sessions()
              .submit(
                  () -> {
                    requireNoFile(parent, call);
                    return parent;
                  }));
    }
    S3Tasks.join(asked, call);
  }

  private void requireNoFile(StoragePath parent, Call call) throws StorageException {
    if (store.head(store.keys().file(parent), call).isPresent()) {
      throw conflict("A parent of the path is a file; choose another name.");
    }
    if (noFiles.size() >= MOST_REMEMBERED) {
      noFiles.clear();
    }
    noFiles.put(parent.value(), System.nanoTime());
  }

  /** Forgets what is known of a path that becomes a file. */
  private void forget(StoragePath path) {
    noFiles.remove(path.value());
  }

  private static StorageException conflict(String sentence) {
    return StorageException.of(ErrorKind.PATH_CONFLICT, sentence);
  }
}
