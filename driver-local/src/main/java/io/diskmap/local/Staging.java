package io.diskmap.local;

import io.diskmap.Durability;
import io.diskmap.StoragePath;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Optional;
import java.util.Set;

/**
 * Makes the hidden file of a save in its target's own directory.
 *
 * <p>Thread-safe. The directory is made where it is missing, again where another process prunes it
 * in the same moment, and after some tries aside. From then on the hidden file keeps it from being
 * pruned.
 */
final class Staging {
  /** How often the directories are made in their place before they are made aside. */
  private static final int PLAIN_TRIES = 8;

  private final Disk disk;
  private final HiddenBranch branch;

  Staging(Disk disk) {
    this.disk = disk;
    this.branch = new HiddenBranch(disk);
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
      try {
        if (attempt > PLAIN_TRIES) {
          Optional<Staged> aside = branch.stage(root, place, hidden, durable);
          if (aside.isPresent()) {
            return aside.get();
          }
        }
        return createOnce(root, place, hidden, durable);
      } catch (NoSuchFileException pruned) {
        SafeTree.retryOrRefuse(attempt, pruned);
      }
    }
  }

  private Staged createOnce(Dir root, Place place, Path hidden, boolean durable)
      throws IOException {
    Dir parent = SafeTree.makeOnce(root, place.parents(), disk.files, durable);
    boolean made = false;
    try {
      FileChannel file = disk.files.createFile(parent, hidden, modeFor(parent, place.name()));
      made = true;
      return new Staged(parent, hidden, file);
    } finally {
      if (!made) {
        parent.close();
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
