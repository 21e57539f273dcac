package io.diskmap.spi.staged;

import io.diskmap.ErrorKind;
import io.diskmap.StorageException;
import io.diskmap.StoragePath;
import io.diskmap.spi.Call;

/** Puts a captured file back under its name, never over a newer one. Thread-safe. */
final class Captured {
  private final StagedDisk disk;

  Captured(StagedDisk disk) {
    this.disk = disk;
  }

  /** Puts the file back; where a newer one has come, the captured one was replaced and goes. */
  void putBack(String hidden, StoragePath path, Call call) throws StorageException {
    for (int attempt = 1; attempt < Directories.TRIES; attempt++) {
      try {
        if (disk.options.canLinkNew()) {
          disk.store.linkNew(hidden, path.value(), call);
          disk.store.remove(hidden, call);
        } else {
          disk.store.renameNew(hidden, path.value(), call);
        }
        return;
      } catch (StorageException e) {
        if (e.kind() == ErrorKind.ALREADY_EXISTS) {
          disk.store.remove(hidden, call);
          return;
        }
        if (e.kind() == ErrorKind.NOT_FOUND) {
          if (disk.store.look(hidden, call).isEmpty()) {
            return;
          }
          disk.directories.make(RemotePaths.parent(path.value()), call);
        } else if (Repeat.isOpen(e)) {
          Repeat.pause(call, attempt, e);
        } else {
          throw e;
        }
      }
    }
    throw Publisher.keepsChanging();
  }
}
