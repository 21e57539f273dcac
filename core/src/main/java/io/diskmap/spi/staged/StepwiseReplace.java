package io.diskmap.spi.staged;

import io.diskmap.ErrorKind;
import io.diskmap.StorageException;
import io.diskmap.spi.Call;
import java.util.Optional;

/**
 * Gives a staged file its name on a server that cannot rename over a file in one step.
 *
 * <p>Thread-safe. A path that has no file takes one rename. One that has a file is refused unless
 * the disk allows several steps: the old file goes aside under a hidden name that the table tells
 * of, the new one takes its place, and the old one is removed, or put back where that failed.
 * Readers can find no file in between.
 */
final class StepwiseReplace {
  private final StagedDisk disk;
  private final Publisher publisher;

  StepwiseReplace(StagedDisk disk) {
    this.disk = disk;
    this.publisher = new Publisher(disk);
  }

  void replace(Publisher.Ready ready, Call call) throws StorageException {
    String target = ready.path().value();
    for (int attempt = 1; attempt < Directories.TRIES; attempt++) {
      Optional<RemoteStat> old = disk.store.look(target, call);
      if (old.filter(RemoteStat::isDirectory).isPresent()) {
        if (!disk.directories.removeEmpty(target, call)) {
          throw Publisher.directoryInTheWay();
        }
      } else if (old.isEmpty()) {
        if (rename(ready, call, attempt)) {
          return;
        }
      } else if (!disk.options.replaceInSteps()) {
        throw StorageException.of(
            ErrorKind.UNSUPPORTED,
            "The server cannot replace a file in one step. Save under a new name, or allow readers to"
                + " find no file for a moment with \"allow_non_atomic_replace\": true.");
      } else if (replaceOld(ready, call)) {
        return;
      }
    }
    throw Publisher.keepsChanging();
  }

  /** One rename; false where a file stands there by now. */
  private boolean rename(Publisher.Ready ready, Call call, int attempt) throws StorageException {
    try {
      disk.store.renameNew(ready.staged(), ready.path().value(), call);
      return true;
    } catch (StorageException e) {
      if (Cleaning.isOpen(e)) {
        if (publisher.isGone(ready.staged(), call, e)) {
          return true;
        }
        Repeat.pause(call, attempt, e);
        return false;
      }
      if (e.kind() == ErrorKind.ALREADY_EXISTS) {
        return false;
      }
      throw e;
    }
  }

  private boolean replaceOld(Publisher.Ready ready, Call call) throws StorageException {
    String id = RemotePaths.randomId();
    String aside = RemotePaths.hidden(ready.path(), id);
    StageTable table = disk.enterTable(call);
    boolean clean = false;
    try {
      table.capturing(id, ready.path(), call);
      boolean taken = moveAside(ready.path().value(), aside, call);
      if (!taken) {
        clean = true;
        return false;
      }
      boolean replaced = false;
      try {
        replaced = rename(ready, call, 1);
      } finally {
        Call cleaning = Cleaning.after(call);
        clean = replaced ? removeAside(aside, cleaning) : putBack(aside, ready, cleaning);
      }
      return replaced;
    } finally {
      table.leave(clean, Cleaning.fresh(call));
    }
  }

  private boolean moveAside(String target, String aside, Call call) throws StorageException {
    try {
      disk.store.renameNew(target, aside, call);
      return true;
    } catch (StorageException e) {
      if (e.kind() == ErrorKind.NOT_FOUND) {
        return false;
      }
      if (Cleaning.isOpen(e)) {
        return !publisher.isGone(aside, call, e);
      }
      throw e;
    }
  }

  private boolean removeAside(String aside, Call call) {
    return Quietly.run(() -> Repeat.run(call, () -> disk.store.remove(aside, call)));
  }

  private boolean putBack(String aside, Publisher.Ready ready, Call call) {
    return Quietly.run(() -> new Captured(disk).putBack(aside, ready.path(), call));
  }
}
