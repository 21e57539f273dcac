package io.diskmap;

import java.time.Instant;

/**
 * What a clean-up did.
 *
 * <p>Immutable.
 *
 * @param deleted the files that were old enough
 * @param kept how many files were younger, or are kept by a pattern
 * @param left how many files were old enough and are left to the next run by the limit of this one
 * @param abortedUploads how many abandoned uploads were ended
 * @param newestDeletable files modified after this instant were kept
 */
public record CleanupReport(
    DeleteReport deleted, long kept, long left, long abortedUploads, Instant newestDeletable) {
  /** Whether nothing that should go is left: no file failed, and none was over the limit. */
  public boolean isComplete() {
    return deleted.isComplete() && left == 0;
  }
}
