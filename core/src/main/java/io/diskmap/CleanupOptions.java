package io.diskmap;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;

/**
 * What a clean-up may delete.
 *
 * <p>Immutable.
 *
 * @param olderThan the age from which a file goes, by the store's clock; zero is everything that
 *     was there before the call
 * @param dryRun counts what would go and deletes nothing
 * @param keep patterns of paths that stay whatever their age: {@code *} within a segment, {@code
 *     **} across segments, {@code ?} for one character; they match the whole path as the caller
 *     names it
 * @param maxDeletions how many files go at most in this run; the rest is counted as left
 * @param call limits and hooks
 */
public record CleanupOptions(
    Duration olderThan, boolean dryRun, List<String> keep, long maxDeletions, CallOptions call) {
  /** The age that holds where none is given. */
  public static final Duration DEFAULT_AGE = Duration.ofHours(4);

  private static final CleanupOptions DEFAULTS =
      new CleanupOptions(DEFAULT_AGE, false, List.of(), Long.MAX_VALUE, CallOptions.defaults());

  public CleanupOptions {
    Objects.requireNonNull(call, "call");
    keep = List.copyOf(keep);
    keep.forEach(PathGlob::of);
    if (olderThan.isNegative()) {
      throw new IllegalArgumentException("an age is not negative");
    }
    if (maxDeletions < 1) {
      throw new IllegalArgumentException("a clean-up that may delete is allowed one file at least");
    }
  }

  /** Files older than {@link #DEFAULT_AGE}, all of them. */
  public static CleanupOptions defaults() {
    return DEFAULTS;
  }

  /** Files older than this. */
  public static CleanupOptions olderThan(Duration age) {
    return DEFAULTS.withOlderThan(age);
  }

  /** The same for another age. */
  public CleanupOptions withOlderThan(Duration value) {
    return new CleanupOptions(value, dryRun, keep, maxDeletions, call);
  }

  /** Counts and deletes nothing. */
  public CleanupOptions withDryRun() {
    return withDryRun(true);
  }

  /** The same, as a dry run or not. */
  public CleanupOptions withDryRun(boolean value) {
    return new CleanupOptions(olderThan, value, keep, maxDeletions, call);
  }

  /** The same with other patterns of what stays. */
  public CleanupOptions withKeep(List<String> patterns) {
    return new CleanupOptions(olderThan, dryRun, patterns, maxDeletions, call);
  }

  /** The same with another limit on one run. */
  public CleanupOptions withMaxDeletions(long value) {
    return new CleanupOptions(olderThan, dryRun, keep, value, call);
  }

  /** The same with other limits and hooks. */
  public CleanupOptions withCall(CallOptions value) {
    return new CleanupOptions(olderThan, dryRun, keep, maxDeletions, value);
  }

  /** What tells for a path whether one of the patterns keeps it. */
  public Predicate<StoragePath> keeper() {
    List<PathGlob> globs = keep.stream().map(PathGlob::of).toList();
    return path -> globs.stream().anyMatch(glob -> glob.matches(path));
  }
}
