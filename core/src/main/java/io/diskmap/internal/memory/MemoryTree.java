package io.diskmap.internal.memory;

import io.diskmap.ErrorKind;
import io.diskmap.StorageException;
import io.diskmap.StoragePath;
import io.diskmap.VersionTag;
import io.diskmap.WriteCondition;
import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The published files of a memory disk, by path in the order of UTF-8 bytes.
 *
 * <p>Thread-safe. Readers and listings look without a lock. Every change is made under one lock, in
 * which its condition and the rule that {@code a} and {@code a/b} never both exist are checked, so
 * that a condition and its change are one step. Keys are texts, because {@code a/} bounds what is
 * below {@code a} and is no path.
 */
final class MemoryTree {
  /** Makes the version to publish from its tag and its time. */
  @FunctionalInterface
  interface Version {
    MemoryFile make(VersionTag tag, Instant modified);
  }

  /** What a move keeps of a file. */
  @FunctionalInterface
  interface Kept {
    MemoryFile of(MemoryFile file) throws StorageException;
  }

  private final ConcurrentNavigableMap<String, MemoryFile> files =
      new ConcurrentSkipListMap<>(StoragePath::compareUtf8);
  private final ReentrantLock lock = new ReentrantLock();
  private final String tagPrefix = UUID.randomUUID().toString().substring(0, 8) + '-';
  private final Clock clock;
  private final MemorySpace space;
  private long versions;

  MemoryTree(Clock clock, MemorySpace space) {
    this.clock = clock;
    this.space = space;
  }

  MemoryFile get(StoragePath path) throws StorageException {
    MemoryFile file = files.get(path.value());
    if (file == null) {
      throw notFound();
    }
    return file;
  }

  /** The first entry whose key is after this text. */
  Map.@Nullable Entry<String, MemoryFile> after(String key) {
    return files.higherEntry(key);
  }

  /** Whether any file is below the path. */
  boolean isDirectory(StoragePath path) {
    String below = path.value() + '/';
    String first = files.higherKey(below);
    return first != null && first.startsWith(below);
  }

  /** Publishes a version; its bytes are in the space already. */
  MemoryFile publish(StoragePath path, WriteCondition condition, Version version)
      throws StorageException {
    lock.lock();
    try {
      requireCondition(condition, files.get(path.value()));
      requireNoConflict(path);
      return put(path, version);
    } finally {
      lock.unlock();
    }
  }

  /** Renames in one step. */
  MemoryFile move(StoragePath source, StoragePath target, WriteCondition condition, Kept kept)
      throws StorageException {
    lock.lock();
    try {
      MemoryFile file = get(source);
      requireCondition(condition, files.get(target.value()));
      requireNoConflict(target);
      MemoryFile wanted = kept.of(file);
      MemoryFile there = put(target, (tag, now) -> wanted.as(tag, file.modified()));
      files.remove(source.value());
      return there;
    } finally {
      lock.unlock();
    }
  }

  /** Removes a file; empty where there is none. */
  Optional<MemoryFile> delete(StoragePath path, Optional<VersionTag> ifMatch)
      throws StorageException {
    lock.lock();
    try {
      MemoryFile file = files.get(path.value());
      if (file == null) {
        return Optional.empty();
      }
      if (ifMatch.isPresent() && !file.tag().matches(ifMatch.get())) {
        throw otherVersion();
      }
      files.remove(path.value());
      space.giveBack(file.size());
      return Optional.of(file);
    } finally {
      lock.unlock();
    }
  }

  int count() {
    return files.size();
  }

  void clear() {
    lock.lock();
    try {
      files.values().forEach(file -> space.giveBack(file.size()));
      files.clear();
    } finally {
      lock.unlock();
    }
  }

  private MemoryFile put(StoragePath path, Version version) {
    MemoryFile file =
        version.make(VersionTag.strong(tagPrefix + Long.toString(++versions, 36)), clock.instant());
    MemoryFile old = files.put(path.value(), file);
    if (old != null) {
      space.giveBack(old.size());
    }
    return file;
  }

  private static void requireCondition(WriteCondition condition, @Nullable MemoryFile current)
      throws StorageException {
    switch (condition.kind()) {
      case NONE -> {}
      case IF_ABSENT -> {
        if (current != null) {
          throw StorageException.of(
              ErrorKind.ALREADY_EXISTS, "The file exists; the save asked for a new one.");
        }
      }
      case IF_MATCH -> {
        if (current == null || !current.tag().matches(condition.tag().orElseThrow())) {
          throw otherVersion();
        }
      }
    }
  }

  private void requireNoConflict(StoragePath path) throws StorageException {
    for (Optional<StoragePath> above = path.parent();
        above.isPresent() && !above.get().isRoot();
        above = above.get().parent()) {
      if (files.containsKey(above.get().value())) {
        throw StorageException.of(
            ErrorKind.PATH_CONFLICT,
            "A parent of the path is a file; delete it or choose another path.");
      }
    }
    if (isDirectory(path)) {
      throw StorageException.of(
          ErrorKind.PATH_CONFLICT,
          "Files are stored below the path; delete them or choose another path.");
    }
  }

  static StorageException notFound() {
    return StorageException.of(ErrorKind.NOT_FOUND, "The file does not exist.");
  }

  private static StorageException otherVersion() {
    return StorageException.of(
        ErrorKind.PRECONDITION_FAILED,
        "The file is not the version that the call named; read its metadata and decide again.");
  }
}
