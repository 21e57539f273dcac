package io.diskmap.local;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Optional;
import java.util.Set;

/**
 * How new files and directories are made: with the modes and the group that the options name.
 *
 * <p>Immutable. The mode is set at birth, narrowed by the process' mask, and completed afterwards
 * only where the mask took something away; so a file is never open to more than it should be.
 *
 * @param fileMode of new files
 * @param directoryMode of new directories
 * @param group of both, where an option names one
 */
record NewFiles(
    Set<PosixFilePermission> fileMode,
    Set<PosixFilePermission> directoryMode,
    Optional<GroupPrincipal> group) {
  NewFiles {
    fileMode = Set.copyOf(fileMode);
    directoryMode = Set.copyOf(directoryMode);
  }

  /** Makes a file of this mode, with its group. */
  FileChannel createFile(Dir parent, Path name, Set<PosixFilePermission> mode) throws IOException {
    FileChannel made = parent.createFile(name, mode);
    try {
      if (group.isPresent()) {
        parent.setGroup(name, group.get());
      }
      return made;
    } catch (IOException | RuntimeException e) {
      made.close();
      throw e;
    }
  }

  /** Makes a directory, with its group and its full mode. */
  void makeDirectory(Dir parent, Path name) throws IOException {
    parent.makeDirectory(name, directoryMode);
    if (group.isPresent()) {
      parent.setGroup(name, group.get());
    }
    completeMode(parent, name, parent.stat(name).mode(), directoryMode);
  }

  /** Sets the mode of a file that this process owns, where it differs. */
  void completeMode(
      Dir parent, Path name, Set<PosixFilePermission> present, Set<PosixFilePermission> wanted)
      throws IOException {
    if (present.equals(wanted)) {
      return;
    }
    try {
      parent.setMode(name, wanted);
    } catch (IOException e) {
      // An owner is refused only by file systems without modes, where the mount decides them.
      if (!LocalErrors.isLacking(e)) {
        throw e;
      }
    }
  }
}
