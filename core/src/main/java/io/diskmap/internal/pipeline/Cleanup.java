package io.diskmap.internal.pipeline;

import io.diskmap.CleanupOptions;
import io.diskmap.CleanupReport;
import io.diskmap.DeleteReport;
import io.diskmap.ErrorKind;
import io.diskmap.FileMetadata;
import io.diskmap.StorageException;
import io.diskmap.StoragePath;
import io.diskmap.spi.Call;
import io.diskmap.spi.DeleteRequest;
import io.diskmap.spi.EntryCursor;
import io.diskmap.spi.ListRequest;
import io.diskmap.spi.PendingUpload;
import io.diskmap.spi.StorageDriver;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Deletes old files and abandoned uploads, by the store's clock (clause D8). For one thread and one
 * run.
 *
 * <p>Each file is deleted on the condition of the version that was listed, so one that is saved in
 * the meantime stays.
 */
final class Cleanup {
  private final Disk disk;
  private final StorageDriver driver;
  private final Operation operation;
  private final Call call;
  private final List<DeleteReport.Failure> failures = new ArrayList<>();
  private long files;
  private long bytes;
  private long failed;
  private long kept;
  private long left;

  Cleanup(Disk disk, StorageDriver driver, Operation operation) {
    this.disk = disk;
    this.driver = driver;
    this.operation = operation;
    this.call = operation.call();
  }

  CleanupReport run(StoragePath prefix, View view, CleanupOptions options) throws StorageException {
    Duration olderThan = options.olderThan();
    boolean dryRun = options.dryRun();
    Predicate<StoragePath> keeper = options.keeper();
    Instant cutoff = driver.storeTime(call).minus(olderThan);
    try (EntryCursor cursor = driver.list(prefix, ListRequest.all(call))) {
      while (cursor.next()) {
        FileMetadata file = cursor.entry();
        if (!isOld(file, cutoff) || keeper.test(view.shown(file.path()))) {
          kept++;
        } else if (files >= options.maxDeletions()) {
          left++;
        } else {
          delete(file, view, dryRun);
        }
        call.progressed();
      }
    }
    long aborted = dryRun ? 0 : abortUploads(prefix, olderThan);
    operation.details(
        Map.of(
            "files", Long.toString(files),
            "bytes", Long.toString(bytes),
            "failed", Long.toString(failed),
            "kept", Long.toString(kept),
            "left", Long.toString(left),
            "aborted_uploads", Long.toString(aborted),
            "older_than", olderThan.toString(),
            "dry_run", Boolean.toString(dryRun)));
    return new CleanupReport(
        new DeleteReport(files, bytes, failed, failures, dryRun), kept, left, aborted, cutoff);
  }

  private static boolean isOld(FileMetadata file, Instant cutoff) {
    return file.modified().isBefore(cutoff) && file.versionTag().strong();
  }

  private void delete(FileMetadata file, View view, boolean dryRun) throws StorageException {
    try {
      if (!dryRun) {
        DeleteRequest sameVersion = new DeleteRequest(Optional.of(file.versionTag()), call);
        if (!driver.delete(file.path(), sameVersion)) {
          return;
        }
      }
      files++;
      bytes += file.size();
    } catch (StorageException e) {
      if (e.kind() == ErrorKind.PRECONDITION_FAILED) {
        kept++;
        return;
      }
      call.check();
      failed++;
      if (failures.size() < DeleteReport.MAX_FAILURES) {
        failures.add(new DeleteReport.Failure(view.shown(file.path()).value(), e));
      }
    }
  }

  private long abortUploads(StoragePath prefix, Duration olderThan) throws StorageException {
    Duration sweepAge = disk.settings().sweepAge();
    Duration idle = olderThan.compareTo(sweepAge) > 0 ? olderThan : sweepAge;
    long aborted = 0;
    for (PendingUpload upload : driver.uploads(idle, call)) {
      if (upload.path().isBelow(prefix)) {
        driver.abortWrite(upload.id(), call);
        aborted++;
      }
    }
    return aborted;
  }
}
