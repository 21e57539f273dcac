package io.diskmap;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a workspace holds.
 *
 * <p>Immutable.
 *
 * @param total all files
 * @param byDirectory those below each top directory, sorted by its name; the empty name stands for
 *     files outside of any
 * @param byAge those of each age, the youngest first, empty bands too
 * @param storeTime the store's clock when the count began
 */
public record WorkspaceUsage(
    Usage total, SortedMap<String, Usage> byDirectory, List<AgeBand> byAge, Instant storeTime) {
  public WorkspaceUsage {
    byDirectory = Collections.unmodifiableSortedMap(new TreeMap<>(byDirectory));
    byAge = List.copyOf(byAge);
  }

  /**
   * The files of one age.
   *
   * @param from the least age
   * @param below the age that they have not reached; none for the oldest
   * @param usage how many, and their bytes
   */
  public record AgeBand(Duration from, Optional<Duration> below, Usage usage) {
    /** Under an hour, 4 hours, a day, a week, 30 days, and older. */
    static final List<AgeBand> EMPTY =
        bands(
            Duration.ofHours(1),
            Duration.ofHours(4),
            Duration.ofDays(1),
            Duration.ofDays(7),
            Duration.ofDays(30));

    private static List<AgeBand> bands(Duration... limits) {
      List<AgeBand> bands = new ArrayList<>();
      Duration from = Duration.ZERO;
      for (Duration limit : limits) {
        bands.add(new AgeBand(from, Optional.of(limit), Usage.NONE));
        from = limit;
      }
      bands.add(new AgeBand(from, Optional.empty(), Usage.NONE));
      return List.copyOf(bands);
    }

    /** Whether a file of this age is counted here; one from the future counts as new. */
    boolean holds(Duration age) {
      Duration counted = age.isNegative() ? Duration.ZERO : age;
      return counted.compareTo(from) >= 0
          && (below.isEmpty() || counted.compareTo(below.get()) < 0);
    }

    AgeBand plus(Usage more) {
      return new AgeBand(from, below, usage.plus(more));
    }
  }
}
