package io.diskmap.local;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The missing directories of a save, made aside under the save's hidden name and put into place by
 * one rename, with the staged file already in them: so a program that removes empty directories as
 * fast as they are made cannot keep the save from getting its own.
 *
 * <p>Thread-safe. The branch stands beside the first directory that is missing. What a kill leaves
 * of it is found by the record of the save, as the staged file is.
 */
final class HiddenBranch {
  private final Disk disk;

  HiddenBranch(Disk disk) {
    this.disk = disk;
  }

  /** Makes the staged file in new directories; empty where they filled, or came, meanwhile. */
  Optional<Staging.Staged> stage(Dir root, Place place, Path hidden, boolean durable)
      throws IOException {
    List<Dir> open = new ArrayList<>();
    try {
      List<Path> missing = openPresent(root, place.parents(), open);
      if (missing.isEmpty()) {
        return Optional.empty();
      }
      Dir base = open.get(open.size() - 1);
      removeTree(base, hidden, hidden);
      boolean placed = false;
      try {
        Staging.Staged staged = grow(base, missing, hidden, open);
        try {
          placed = place(base, hidden, missing.get(0));
          if (placed && durable) {
            syncAll(open.subList(open.indexOf(base), open.size()));
          }
        } finally {
          if (!placed) {
            Quietly.close(staged.file());
          }
        }
        return placed ? Optional.of(staged) : Optional.empty();
      } finally {
        if (placed) {
          open.remove(open.size() - 1);
        } else {
          Quietly.run(() -> removeTree(base, hidden, hidden));
        }
      }
    } finally {
      open.forEach(Quietly::close);
    }
  }

  /** Opens the directories that are there, the root first; the names of those that are not. */
  private static List<Path> openPresent(Dir root, List<Path> names, List<Dir> open)
      throws IOException {
    open.add(root.borrowed());
    for (int depth = 0; depth < names.size(); depth++) {
      try {
        open.add(open.get(depth).open(names.get(depth)));
      } catch (NoSuchFileException missing) {
        return names.subList(depth, names.size());
      }
    }
    return List.of();
  }

  private Staging.Staged grow(Dir base, List<Path> missing, Path hidden, List<Dir> open)
      throws IOException {
    Dir at = base;
    for (int i = 0; i < missing.size(); i++) {
      Path name = i == 0 ? hidden : missing.get(i);
      disk.files.makeDirectory(at, name);
      at = at.open(name);
      open.add(at);
    }
    Set<PosixFilePermission> mode = disk.files.fileMode();
    FileChannel file = disk.files.createFile(at, hidden, mode);
    return new Staging.Staged(at, hidden, file);
  }

  /** Whether the branch got its place; an empty directory there gives way. */
  private static boolean place(Dir base, Path hidden, Path name) throws IOException {
    try {
      base.rename(hidden, base, name);
      return true;
    } catch (FileAlreadyExistsException | DirectoryNotEmptyException filled) {
      return false;
    } catch (FileSystemException e) {
      if (Publisher.statIfThere(base, name).filter(Attrs::isDirectory).isPresent()) {
        return false;
      }
      throw e;
    }
  }

  private static void syncAll(List<Dir> directories) throws IOException {
    List<Dir> deepestFirst = new ArrayList<>(directories);
    Collections.reverse(deepestFirst);
    for (Dir directory : deepestFirst) {
      directory.sync();
    }
  }

  /** When a killed save has last written into what it left aside; empty where there is nothing. */
  static Optional<Instant> find(Dir root, Place place, Path hidden) throws IOException {
    List<Dir> open = new ArrayList<>();
    try {
      openPresent(root, place.parents(), open);
      for (Dir directory : open) {
        Optional<Attrs> found = Publisher.statIfThere(directory, hidden);
        if (found.filter(Attrs::isDirectory).isPresent()) {
          return found.map(Attrs::modified);
        }
      }
      return Optional.empty();
    } finally {
      open.forEach(Quietly::close);
    }
  }

  /** Removes what a killed save has left aside. */
  static void remove(Dir root, Place place, Path hidden) throws IOException {
    List<Dir> open = new ArrayList<>();
    try {
      openPresent(root, place.parents(), open);
      for (Dir directory : open) {
        removeTree(directory, hidden, hidden);
      }
    } finally {
      open.forEach(Quietly::close);
    }
  }

  /** Removes a directory of this name, with the directories and the staged file in it. */
  private static void removeTree(Dir parent, Path name, Path hidden) throws IOException {
    if (Publisher.statIfThere(parent, name).filter(Attrs::isDirectory).isEmpty()) {
      return;
    }
    try (Dir directory = parent.open(name)) {
      try (DirectoryStream<Path> children = directory.names()) {
        for (Path child : children) {
          removeTree(directory, child.getFileName(), hidden);
        }
      }
      if (Publisher.statIfThere(directory, hidden).filter(Attrs::isFile).isPresent()) {
        directory.deleteFile(hidden);
      }
    }
    parent.deleteDirectory(name);
  }
}
