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
    Captured old = new Captured(disk, ready.path(), id);
    StageTable table = disk.enterTable(call);
    boolean clean = false;
    try {
      table.capturing(id, ready.path(), call);
      if (!old.take(call)) {
        clean = old.leave(call);
        return false;
      }
      boolean replaced = false;
      try {
        replaced = rename(ready, call, 1);
      } finally {
        Call cleaning = Cleaning.after(call);
        clean =
            Quietly.run(
                replaced
                    ? () -> Repeat.run(cleaning, () -> old.remove(cleaning))
                    : () -> old.putBack(cleaning));
      }
      return replaced;
    } finally {
      table.leave(clean, Cleaning.fresh(call));
    }
  }
}
