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

  /** Removes hidden file and record in a short call of its own, and says nothing of a failure. */
  void abort(StoragePath path, String id, Call call) {
    Call cleaning = Cleaning.fresh(call);
    if (new Staging(disk).remove(path, id, call)) {
      try {
        Cleaning.uninterrupted(() -> Quietly.run(() -> disk.records.remove(id, cleaning)));
      } catch (StorageException impossible) {
        throw new IllegalStateException(impossible);
      }
    }
  }
}
