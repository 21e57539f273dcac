package io.diskmap.spi.staged;

import io.diskmap.ErrorKind;
import io.diskmap.StorageException;
import io.diskmap.StoragePath;
import io.diskmap.spi.Call;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** Makes and removes the hidden file of a save in its target's own directory. Thread-safe. */
final class Staging {
  private final StagedDisk disk;

  Staging(StagedDisk disk) {
    this.disk = disk;
  }

  /** Makes the hidden file, or opens the one that an earlier attempt of the same save has made. */
  RemoteStore.Begun begin(StoragePath path, String id, Call call) throws StorageException {
    String staged = RemotePaths.hidden(path, id);
    String attrs = disk.sidecars.directory();
    for (int attempt = 1; ; attempt++) {
      try {
        RemoteStore.Begun begun = disk.store.begin(staged, path.value(), attrs, call);
        disk.sidecars.observed(begun.third().isPresent());
        return begun;
      } catch (StorageException e) {
        if (e.kind() == ErrorKind.ALREADY_EXISTS) {
          return new RemoteStore.Begun(
              disk.store.open(staged, call),
              disk.store.look(path.value(), call),
              disk.store.look(attrs, call),
              true);
        }
        if (e.kind() != ErrorKind.NOT_FOUND || attempt >= Directories.TRIES) {
          throw e;
        }
        disk.directories.make(RemotePaths.parent(path.value()), call);
      }
    }
  }

  /**
   * Makes the hidden file with all its bytes; empty where that takes steps, or where an earlier
   * attempt of the same save has made it.
   */
  Optional<RemoteStat> make(StoragePath path, String id, RemoteFile.Completion end, Call call)
      throws StorageException {
    String staged = RemotePaths.hidden(path, id);
    for (int attempt = 1; ; attempt++) {
      try {
        return disk.store.make(staged, end, call);
      } catch (StorageException e) {
        if (e.kind() == ErrorKind.ALREADY_EXISTS) {
          return Optional.empty();
        }
        if (e.kind() != ErrorKind.NOT_FOUND || attempt >= Directories.TRIES) {
          throw e;
        }
        disk.directories.make(RemotePaths.parent(path.value()), call);
      }
    }
  }

  /** What stands at the target of a save; learns at the same time whether there are sidecars. */
  Optional<RemoteStat> look(StoragePath path, Call call) throws StorageException {
    String target = path.value();
    if (disk.sidecars.isKnownPresent()) {
      return disk.store.look(target, call);
    }
    List<Optional<RemoteStat>> found =
        disk.store.lookAll(List.of(target, disk.sidecars.directory()), call);
    disk.sidecars.observed(found.get(1).isPresent());
    return found.get(0);
  }

  /** The mode that a file gets: that of the file it replaces, else the one of the options. */
  OptionalInt mode(Optional<RemoteStat> old) {
    int mode = old.filter(RemoteStat::isFile).map(RemoteStat::mode).orElse(disk.options.fileMode());
    return mode < 0 ? OptionalInt.empty() : OptionalInt.of(mode & 07777);
  }

  /**
   * Removes the hidden file and the directories that were made for it; false where it is not there.
   */
  boolean remove(StoragePath path, String id, Call call) throws StorageException {
    String staged = RemotePaths.hidden(path, id);
    boolean removed = Repeat.run(call, () -> disk.store.remove(staged, call));
    disk.directories.prune(staged, call);
    return removed;
  }
}
