package io.diskmap;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * What a delete of many files did (clause D4). Repeating the call finishes the job.
 *
 * <p>Immutable.
 *
 * @param files removed, or with {@code dryRun} to be removed
 * @param bytes they had
 * @param failed how many could not be removed
 * @param failures the first hundred of those, by path
 * @param dryRun whether nothing was removed
 */
public record DeleteReport(
    long files, long bytes, long failed, List<Failure> failures, boolean dryRun) {
  /** How many failures a report names. */
  public static final int MAX_FAILURES = 100;

  /**
   * One file that could not be removed.
   *
   * @param path which; a stored name that is no valid path is shown escaped
   * @param error why
   */
  public record Failure(String path, StorageException error) {}

  public DeleteReport {
    failures = List.copyOf(failures);
  }

  /** Whether everything went. */
  public boolean isComplete() {
    return failed == 0;
  }

  /** The sum of several reports on parts of one job. */
  public static DeleteReport sum(Collection<DeleteReport> parts, boolean dryRun) {
    long files = 0;
    long bytes = 0;
    long failed = 0;
    List<Failure> failures = new ArrayList<>();
    for (DeleteReport part : parts) {
      files += part.files;
      bytes += part.bytes;
      failed += part.failed;
      part.failures.stream().limit(MAX_FAILURES - failures.size()).forEach(failures::add);
    }
    return new DeleteReport(files, bytes, failed, failures, dryRun);
  }
}
