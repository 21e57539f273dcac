package io.diskmap.internal.pipeline;

import io.diskmap.CallContext;
import io.diskmap.ErrorKind;
import io.diskmap.FileMetadata;
import io.diskmap.StorageException;
import io.diskmap.StoragePath;
import java.time.Duration;
import java.util.Optional;

/**
 * What part of a disk a storage shows, whether it may change it, and on whose behalf.
 *
 * <p>Immutable.
 *
 * @param scope the prefix that is the view's root
 * @param readOnly whether changes are refused
 * @param context on whose behalf
 */
record View(StoragePath scope, boolean readOnly, CallContext context) {
  /** A file's path on the disk. */
  StoragePath file(String path) throws StorageException {
    return scope.resolve(StoragePath.of(path));
  }

  /** A prefix on the disk; the empty text is the view's root. */
  StoragePath prefix(String path) throws StorageException {
    return scope.resolve(StoragePath.prefix(path));
  }

  /** What the caller calls this path of the disk. */
  StoragePath shown(StoragePath onDisk) {
    return scope.isRoot() ? onDisk : onDisk.relativeTo(scope);
  }

  /** The same metadata under the path that the caller knows. */
  FileMetadata shown(FileMetadata file) {
    return scope.isRoot() ? file : file.withPath(shown(file.path()));
  }

  /** The path on the disk for a record, of a text that need not be valid. */
  String recorded(String path) {
    if (scope.isRoot()) {
      return path;
    }
    return path.isEmpty() ? scope.value() : scope.value() + "/" + path;
  }

  /** The same view for files that may go after this time, where one is given. */
  View with(Optional<Duration> cleanupAfter) {
    return cleanupAfter.isEmpty()
        ? this
        : new View(scope, readOnly, context.withCleanupAfter(cleanupAfter.get()));
  }

  /** Refuses a change in a read-only view. */
  void requireWritable() throws StorageException {
    if (readOnly) {
      throw StorageException.of(
          ErrorKind.READ_ONLY,
          "The disk or this view of it is read-only; change it through a writable one.");
    }
  }
}
