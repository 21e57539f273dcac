package io.diskmap;

import java.util.Optional;

/**
 * One run of a scheduled clean-up below one prefix.
 *
 * <p>Immutable.
 *
 * @param disk the disk's name
 * @param prefix the prefix
 * @param attempt 1 for the first run of a schedule's turn, more for those that repeat it
 * @param report what it did; none where it failed, or another server had its turn
 * @param failure why it failed
 */
public record CleanupRun(
    String disk,
    String prefix,
    int attempt,
    Optional<CleanupReport> report,
    Optional<StorageException> failure) {
  /** Whether it found nothing to delete and nothing went wrong, which ends the schedule's turn. */
  public boolean verified() {
    return failure.isEmpty()
        && report.map(found -> found.isComplete() && found.deleted().files() == 0).orElse(true);
  }
}
