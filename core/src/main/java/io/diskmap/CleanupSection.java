package io.diskmap;

import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The section {@code cleanup} of a disk map: which old files go away by themselves. Immutable; any
 * thread may use it.
 *
 * @param rules the rules by their disks, in order
 */
public record CleanupSection(Map<String, Rule> rules) {
  public CleanupSection {
    rules = Collections.unmodifiableMap(new LinkedHashMap<>(rules));
  }

  /**
   * What is cleaned up on one disk.
   *
   * @param prefixes the prefixes, at least one and none of them empty
   * @param olderThan the age from which a file goes
   * @param every how often that is looked at
   * @param keep patterns of paths that stay whatever their age, as {@link CleanupOptions#keep}
   * @param maxDeletions how many files go at most in one run below one prefix
   * @param lease the file by which several servers take turns, where they do
   */
  public record Rule(
      List<String> prefixes,
      Duration olderThan,
      Duration every,
      List<String> keep,
      long maxDeletions,
      Optional<String> lease) {
    public Rule {
      prefixes = List.copyOf(prefixes);
      keep = List.copyOf(keep);
      if (prefixes.isEmpty() || prefixes.contains("")) {
        throw new IllegalArgumentException(
            "clean-up needs its prefixes: an empty one is all files");
      }
    }

    /** A rule that keeps nothing, without a limit and without turns. */
    public Rule(List<String> prefixes, Duration olderThan, Duration every) {
      this(prefixes, olderThan, every, List.of(), Long.MAX_VALUE, Optional.empty());
    }

    /** What a clean-up by this rule may delete. */
    public CleanupOptions options() {
      return CleanupOptions.olderThan(olderThan).withKeep(keep).withMaxDeletions(maxDeletions);
    }
  }
}
