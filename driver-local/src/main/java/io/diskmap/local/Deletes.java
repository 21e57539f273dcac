package io.diskmap.local;

import io.diskmap.StoragePath;
import io.diskmap.VersionTag;
import io.diskmap.spi.DeleteRequest;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The delete of one file, of its sidecar, and of the directories that it leaves empty.
 *
 * <p>Thread-safe. A link that counts as a file is deleted itself, and what it leads to stays. A
 * link that counts for none, a directory and a special file stay.
 */
final class Deletes {
  private final Disk disk;
  private final Capture capture;

  Deletes(Disk disk) {
    this.disk = disk;
    this.capture = new Capture(disk);
  }

  boolean delete(Dir root, StoragePath path, DeleteRequest request) throws IOException {
    Place place = Place.of(path);
    Optional<Attrs> gone = Optional.empty();
    try (Dir parent = SafeTree.walk(root, place.parents())) {
      Optional<Attrs> there = Publisher.statIfThere(parent, place.name());
      if (there.isEmpty()) {
        return false;
      }
      try (PathLocks.Held lock = disk.lock(path, request.call())) {
        gone = deleteLocked(root, parent, path, place.name(), request);
      }
    } catch (NoSuchFileException | NotDirectoryException missing) {
      return false;
    }
    if (gone.isEmpty()) {
      return false;
    }
    if (gone.get().isFile()) {
      disk.sidecars.remove(gone.get());
    }
    disk.prune(root, place.parents());
    return true;
  }

  /** What was deleted; empty where there is no file. */
  private Optional<Attrs> deleteLocked(
      Dir root, Dir parent, StoragePath path, Path name, DeleteRequest request) throws IOException {
    Optional<Attrs> there = Publisher.statIfThere(parent, name);
    if (there.isEmpty()) {
      return there;
    }
    if (there.get().isFile() && request.ifMatch().isEmpty()) {
      parent.deleteFile(name);
      return there;
    }
    if (!there.get().isFile() && !there.get().isLink()) {
      return Optional.empty();
    }
    return deleteFound(root, parent, path, name, request, there.get());
  }

  private Optional<Attrs> deleteFound(
      Dir root, Dir parent, StoragePath path, Path name, DeleteRequest request, Attrs there)
      throws IOException {
    try (Lookup.Found found = disk.lookup.find(root, path)) {
      if (request.ifMatch().isPresent()) {
        VersionTag wanted = request.ifMatch().get();
        if (there.isFile()) {
          capture.delete(found, path, wanted, request.call());
          return Optional.of(found.version().attrs());
        }
        if (!found.version().tag().matches(wanted)) {
          throw Publisher.otherVersion(null);
        }
      }
      parent.deleteFile(name);
      return Optional.of(there);
    } catch (NoSuchFileException | LinkRefusedException countsForNone) {
      return Optional.empty();
    }
  }
}
