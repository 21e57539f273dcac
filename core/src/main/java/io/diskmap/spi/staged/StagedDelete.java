package io.diskmap.spi.staged;

import io.diskmap.ErrorKind;
import io.diskmap.StorageException;
import io.diskmap.StoragePath;
import io.diskmap.VersionTag;
import io.diskmap.spi.Call;
import io.diskmap.spi.DeleteRequest;
import java.util.Optional;

/**
 * Removes one file, of whatever version or of one only.
 *
 * <p>Thread-safe. A delete on condition captures the file under a hidden name, compares it there,
 * and puts another version back without replacing a newer one. A lost answer is settled by looking;
 * a file that came meanwhile stays.
 */
final class StagedDelete {
  private final StagedDisk disk;

  StagedDelete(StagedDisk disk) {
    this.disk = disk;
  }

  boolean delete(StoragePath path, DeleteRequest request) throws StorageException {
    Call call = request.call();
    Optional<RemoteStat> there = disk.store.look(path.value(), call);
    if (there.isEmpty()
        || (there.get().kind() != RemoteStat.Kind.FILE
            && there.get().kind() != RemoteStat.Kind.LINK)) {
      return false;
    }
    boolean removed =
        request.ifMatch().isPresent()
            ? removeVersion(path, there.get(), request.ifMatch().get(), call)
            : remove(path.value(), there.get(), call);
    if (removed) {
      Call tidying = Cleaning.after(call);
      Quietly.run(
          () -> {
            if (disk.sidecars.mayHaveAny(tidying)) {
              disk.sidecars.remove(path, there.get(), tidying);
            }
          });
      Quietly.run(() -> disk.directories.prune(path.value(), tidying));
    }
    return removed;
  }

  private boolean remove(String path, RemoteStat seen, Call call) throws StorageException {
    for (int attempt = 1; ; attempt++) {
      try {
        return disk.store.remove(path, call);
      } catch (StorageException e) {
        if (!Cleaning.isOpen(e)) {
          throw e;
        }
        if (isRemoved(path, seen, call, e)) {
          return true;
        }
        Repeat.pause(call, attempt, e);
      }
    }
  }

  /** Whether the file is gone, or another one stands there, after a removal that failed so. */
  private boolean isRemoved(String path, RemoteStat seen, Call call, StorageException why)
      throws StorageException {
    return Settling.settle(
        why,
        call,
        settling -> disk.store.look(path, settling).filter(seen::isSame).isEmpty(),
        removed -> removed);
  }

  private boolean removeVersion(StoragePath path, RemoteStat seen, VersionTag wanted, Call call)
      throws StorageException {
    requireVersion(seen, wanted);
    String id = RemotePaths.randomId();
    Captured captured = new Captured(disk, path, id);
    StageTable table = disk.enterTable(call);
    boolean clean = false;
    try {
      table.capturing(id, path, call);
      if (!captured.take(call)) {
        clean = captured.leave(call);
        return false;
      }
      Call settling = Cleaning.fresh(call);
      Optional<RemoteStat> taken = captured.settle(settling, lost());
      if (taken.filter(file -> file.version().equals(wanted.value())).isPresent()) {
        clean = Quietly.run(() -> Repeat.run(settling, () -> captured.remove(settling)));
        return true;
      }
      captured.putBack(settling);
      clean = true;
      throw otherVersion();
    } finally {
      table.leave(clean, Cleaning.fresh(call));
    }
  }

  private void requireVersion(RemoteStat seen, VersionTag wanted) throws StorageException {
    if (!disk.tag(seen).matches(wanted)) {
      throw otherVersion();
    }
  }

  private static StorageException lost() {
    return StorageException.of(ErrorKind.UNAVAILABLE, "The captured file cannot be looked at.");
  }

  static StorageException otherVersion() {
    return StorageException.of(
        ErrorKind.PRECONDITION_FAILED,
        "The file does not have the version that the call names, or it changed too recently to be"
            + " sure; read its metadata again.");
  }
}
