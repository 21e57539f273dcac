package io.diskmap.spi.staged;

import io.diskmap.StorageException;
import io.diskmap.StoragePath;
import io.diskmap.spi.Call;
import io.diskmap.spi.staged.LeftFile.Left;
import org.jspecify.annotations.Nullable;

/**
 * Removes what a save has staged, in a very short call of its own, and later again where that fails
 * or proves nothing; says nothing of a failure. What it cannot remove is swept.
 *
 * <p>Thread-safe. The record of a chunked save goes last, and the table of a small one stays until
 * its hidden file is gone for certain, so that the sweep finds what is left.
 */
final class StagedAbort {
  private final StagedDisk disk;

  StagedAbort(StagedDisk disk) {
    this.disk = disk;
  }

  /** Removes hidden file and record of a chunked save that was begun. */
  void abort(StoragePath path, String id, Call call) {
    abort(LeftFile.made(hidden(path, id)), id, call);
  }

  /** Removes hidden file and record of a chunked save whose beginning has failed so. */
  void abort(StoragePath path, String id, @Nullable StorageException failure, Call call) {
    abort(LeftFile.after(failure, hidden(path, id)), id, call);
  }

  private void abort(LeftFile file, String id, Call call) {
    LeftFile record = LeftFile.made(recordOf(id));
    untilGone(
        id,
        call,
        attempt -> {
          Left left = file.remove(attempt);
          return left == Left.NOTHING ? record.remove(attempt) : left;
        },
        clean -> {});
  }

  /** Removes the record of a chunked save whose making has failed so. */
  void abortRecord(String id, StorageException failure, Call call) {
    LeftFile record = LeftFile.after(failure, recordOf(id));
    untilGone(id, call, record::remove, clean -> {});
  }

  /** Removes the hidden file of a small save that has failed so, and leaves its table then. */
  void abort(
      StageTable table,
      StoragePath path,
      String id,
      @Nullable StorageException failure,
      Call call) {
    LeftFile file = LeftFile.after(failure, hidden(path, id));
    untilGone(id, call, file::remove, clean -> table.leave(clean, Cleaning.fresh(call)));
  }

  private LeftFile.Removal hidden(StoragePath path, String id) {
    Staging staging = new Staging(disk);
    return call -> staging.remove(path, id, call);
  }

  private LeftFile.Removal recordOf(String id) {
    return call -> disk.records.remove(id, call);
  }

  private void untilGone(
      String id, Call call, LateCleaning.Attempt attempt, LateCleaning.Ending ending) {
    if (attempt.run(Cleaning.brief(call)) == Left.NOTHING) {
      ending.ended(true);
    } else {
      disk.late.begin(id, call, attempt, ending);
    }
  }
}
