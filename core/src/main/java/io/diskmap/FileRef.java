package io.diskmap;

import java.util.Objects;

/**
 * A file by disk and path, written {@code disk:path}, for queues and logs.
 *
 * <p>Immutable. The text can carry patient data.
 *
 * @param disk the disk's name in the disk map
 * @param path the file
 */
public record FileRef(String disk, StoragePath path) {
  public FileRef {
    Objects.requireNonNull(path, "path");
    if (!disk.matches("[A-Za-z0-9][A-Za-z0-9._-]{0,62}")) {
      throw new IllegalArgumentException(
          "a disk's name is 1 to 63 of A-Z a-z 0-9 . _ - and begins with a letter or digit");
    }
  }

  /** The reference that {@link #toString} wrote. */
  public static FileRef parse(String text) throws StorageException {
    int colon = text.indexOf(':');
    if (colon < 1) {
      throw StorageException.of(
          ErrorKind.PATH_INVALID, "A file reference is written disk:path; the disk is missing.");
    }
    StoragePath path = StoragePath.of(text.substring(colon + 1));
    try {
      return new FileRef(text.substring(0, colon), path);
    } catch (IllegalArgumentException e) {
      throw StorageException.of(
          ErrorKind.PATH_INVALID, "The text before ':' is not the name of a disk.", e);
    }
  }

  @Override
  public String toString() {
    return disk + ":" + path;
  }
}
