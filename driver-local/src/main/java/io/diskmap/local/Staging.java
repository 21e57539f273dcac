package io.diskmap.local;

import io.diskmap.Durability;
import io.diskmap.StoragePath;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Set;

/**
 * Makes the hidden file of a save in its target's own directory.
 *
 * <p>Thread-safe. The directory is made where it is missing, again where another process prunes it
 * in the same moment. From then on the hidden file keeps it from being pruned.
 */
final class Staging {
  private final Disk disk;

  Staging(Disk disk) {
    this.disk = disk;
  }

  /**
   * A hidden file that was just made.
   *
   * @param parent the open directory that holds it; closed by the user
   * @param name its hidden name
   * @param file the file, open for reading and writing; closed by the user
   */
  record Staged(Dir parent, Path name, FileChannel file) {}

  /** Makes the hidden file of a save. */
  Staged create(Dir root, StoragePath path, String id, Durability durability) throws IOException {
    Place place = Place.of(path);
    Path hidden = StagedNames.of(id);
    boolean durable = durability == Durability.NAME;
    for (int attempt = 1; ; attempt++) {
      Dir parent = SafeTree.make(root, place.parents(), disk.files, durable);
      boolean made = false;
      try {
        Set<PosixFilePermission> mode = modeFor(parent, place.name());
        FileChannel file = disk.files.createFile(parent, hidden, mode);
        made = true;
        return new Staged(parent, hidden, file);
      } catch (NoSuchFileException pruned) {
        SafeTree.retryOrRefuse(attempt, pruned);
      } finally {
        if (!made) {
          parent.close();
        }
      }
    }
  }

  /** The mode that a file gets: that of the file it replaces, else the one of the options. */
  private Set<PosixFilePermission> modeFor(Dir parent, Path target) throws IOException {
    return Publisher.statIfThere(parent, target)
        .filter(Attrs::isFile)
        .map(Attrs::mode)
        .orElse(disk.files.fileMode());
  }
}
