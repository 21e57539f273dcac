package io.diskmap;

import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

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
   */
  public record Rule(List<String> prefixes, Duration olderThan, Duration every) {
    public Rule {
      prefixes = List.copyOf(prefixes);
      if (prefixes.isEmpty() || prefixes.contains("")) {
        throw new IllegalArgumentException(
            "clean-up needs its prefixes: an empty one is all files");
      }
    }
  }
}
