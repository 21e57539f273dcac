package io.diskmap.spi.staged;

import io.diskmap.StorageException;
import io.diskmap.StoragePath;
import io.diskmap.spi.Call;

/** Removes what a save has staged; what it cannot remove is swept. Thread-safe. */
final class StagedAbort {
  private final StagedDisk disk;

  StagedAbort(StagedDisk disk) {
    this.disk = disk;
  }

  /**
   * Removes hidden file and record in a very short call of its own, and later again where that
   * fails; says nothing of a failure.
   */
  void abort(StoragePath path, String id, Call call) {
    if (!remove(path, id, Cleaning.brief(call))) {
      disk.late.begin(call, late -> remove(path, id, late));
    }
  }

  private boolean remove(StoragePath path, String id, Call call) {
    if (!new Staging(disk).removeWithin(path, id, call)) {
      return false;
    }
    try {
      return Cleaning.uninterrupted(() -> Quietly.run(() -> disk.records.remove(id, call)));
    } catch (StorageException impossible) {
      throw new IllegalStateException(impossible);
    }
  }
}
