package io.diskmap.cli;

import io.diskmap.ErrorKind;
import io.diskmap.StorageException;
import io.diskmap.StoragePath;
import io.diskmap.Usage;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;

/** A local directory that is about to be saved. For one thread; follows no link. */
final class LocalTree {
  private final Path directory;

  private LocalTree(Path directory) {
    this.directory = directory;
  }

  /** The tree of a directory; LOCAL_IO where it is none. */
  static LocalTree of(Path directory) throws StorageException {
    if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
      throw StorageException.of(
          ErrorKind.LOCAL_IO,
          Files.exists(directory, LinkOption.NOFOLLOW_LINKS)
              ? "The local source is no directory, or a link to one."
              : "The local source directory does not exist.");
    }
    return new LocalTree(directory);
  }

  /** Counts the files, and refuses the first name that would be no valid path below the prefix. */
  Usage check(StoragePath below) throws StorageException {
    Counter counter = new Counter(below);
    try {
      Files.walkFileTree(directory, counter);
    } catch (StorageException e) {
      throw e;
    } catch (IOException e) {
      throw StorageException.of(ErrorKind.LOCAL_IO, "The local tree cannot be read: " + e, e);
    }
    return new Usage(counter.files, counter.bytes);
  }

  private final class Counter extends SimpleFileVisitor<Path> {
    private final StoragePath below;
    private long files;
    private long bytes;

    Counter(StoragePath below) {
      this.below = below;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
        throws StorageException {
      if (attributes.isRegularFile()) {
        files++;
        bytes += attributes.size();
        below.resolve(pathOf(file));
      }
      return FileVisitResult.CONTINUE;
    }
  }

  private StoragePath pathOf(Path file) throws StorageException {
    StringBuilder text = new StringBuilder();
    for (Path segment : directory.relativize(file)) {
      text.append(text.isEmpty() ? "" : "/").append(segment);
    }
    return StoragePath.of(text.toString());
  }
}
