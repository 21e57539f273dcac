package io.diskmap.catalog;

import io.diskmap.ErrorKind;
import io.diskmap.StorageException;
import io.diskmap.StoragePath;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The regular files that a worker left in a directory, in the order of their paths. Stateless. No
 * link is followed; a name that no storage holds refuses the whole directory.
 */
final class LocalOutput {
  private LocalOutput() {}

  /**
   * One file.
   *
   * @param path below the directory
   * @param file where it is on this machine
   */
  record Entry(StoragePath path, Path file) {}

  static List<Entry> of(Path directory) throws StorageException {
    if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
      throw StorageException.of(
          ErrorKind.LOCAL_IO, "The output of the task is not a directory, or is a link to one.");
    }
    List<Entry> entries = new ArrayList<>();
    try {
      Files.walkFileTree(
          directory,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                throws IOException {
              if (attributes.isRegularFile()) {
                entries.add(new Entry(relative(directory, file), file));
              }
              return FileVisitResult.CONTINUE;
            }
          });
    } catch (StorageException e) {
      throw e;
    } catch (IOException e) {
      throw StorageException.of(
          ErrorKind.LOCAL_IO, "The output of the task cannot be read; check its owner.", e);
    }
    entries.sort(Comparator.comparing(Entry::path));
    return entries;
  }

  private static StoragePath relative(Path directory, Path file) throws StorageException {
    StringBuilder text = new StringBuilder();
    for (Path segment : directory.relativize(file)) {
      text.append(text.isEmpty() ? "" : "/").append(segment);
    }
    return StoragePath.of(text.toString());
  }
}
