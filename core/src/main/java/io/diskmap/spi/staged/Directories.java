package io.diskmap.spi.staged;

import io.diskmap.ErrorKind;
import io.diskmap.StorageException;
import io.diskmap.spi.Call;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Directories come with the files in them and go with the last one.
 *
 * <p>Thread-safe. Savers and pruners that race lose nothing: a directory goes by rmdir alone, and a
 * saver whose directory vanished makes it again.
 */
final class Directories {
  /** How often a directory that another process prunes in the same moment is made again. */
  static final int TRIES = 100;

  private final RemoteStore store;
  private final Set<String> kept;

  Directories(RemoteStore store, List<String> kept) {
    this.store = store;
    this.kept = new HashSet<>();
    for (String path : kept) {
      for (String each = path; !each.isEmpty(); each = RemotePaths.parent(each)) {
        this.kept.add(each);
      }
    }
  }

  /** Makes a directory and what is missing above it. */
  void make(String path, Call call) throws StorageException {
    if (path.isEmpty()) {
      throw StorageException.of(
          ErrorKind.UNAVAILABLE, "The root of the disk is gone; mount it, or make it again.");
    }
    for (int attempt = 1; ; attempt++) {
      try {
        if (!store.makeDirectory(path, call)) {
          requireDirectory(path, call);
        }
        return;
      } catch (StorageException e) {
        if (e.kind() != ErrorKind.NOT_FOUND || attempt >= TRIES) {
          throw e;
        }
        make(RemotePaths.parent(path), call);
      }
    }
  }

  private void requireDirectory(String path, Call call) throws StorageException {
    Optional<RemoteStat> there = store.look(path, call);
    if (there.isEmpty()) {
      throw StorageException.of(ErrorKind.NOT_FOUND, "The directory vanished.");
    }
    if (!there.get().isDirectory()) {
      throw StorageException.of(
          ErrorKind.PATH_CONFLICT,
          "A file or a link stands where a directory is needed; choose another path.");
    }
  }

  /** Removes the directories above a path that are empty, up to the root or one that is kept. */
  void prune(String path, Call call) throws StorageException {
    for (String directory = RemotePaths.parent(path);
        !directory.isEmpty() && !kept.contains(directory);
        directory = RemotePaths.parent(directory)) {
      if (!store.removeDirectory(directory, call)) {
        return;
      }
    }
  }

  /** Removes a directory that holds nothing but directories; false where there is anything else. */
  boolean removeEmpty(String path, Call call) throws StorageException {
    List<String> children = new ArrayList<>();
    boolean[] other = {false};
    store.list(
        path,
        (name, stat) -> {
          children.add(name);
          other[0] |= !stat.isDirectory();
        },
        call);
    if (other[0]) {
      return false;
    }
    for (String child : children) {
      if (!removeEmpty(RemotePaths.in(path, child), call)) {
        return false;
      }
    }
    return store.removeDirectory(path, call) || store.look(path, call).isEmpty();
  }
}
