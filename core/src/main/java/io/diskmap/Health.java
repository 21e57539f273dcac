package io.diskmap;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * Whether a disk answers.
 *
 * <p>Immutable.
 *
 * @param healthy whether it does
 * @param roundTrip how long the answer took
 * @param problem what is wrong and what to do
 * @param details facts of the driver, without secrets
 */
public record Health(
    boolean healthy,
    Duration roundTrip,
    Optional<StorageException> problem,
    Map<String, String> details) {
  public Health {
    details = Map.copyOf(details);
  }

  /** A disk that answers. */
  public static Health ok(Duration roundTrip, Map<String, String> details) {
    return new Health(true, roundTrip, Optional.empty(), details);
  }

  /** A disk that does not. */
  public static Health failed(Duration roundTrip, StorageException problem) {
    return new Health(false, roundTrip, Optional.of(problem), Map.of());
  }
}
