package io.diskmap.http.client;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How long the server takes to begin an answer, smoothed over the last exchanges. Thread-safe.
 *
 * <p>Near servers are read in one stream, which costs the least; on a long line several ranges at
 * once keep it full.
 */
final class RoundTrips {
  private static final long LONG_NANOS = Duration.ofMillis(4).toNanos();
  private static final int WEIGHT = 4;

  private final AtomicLong smoothed = new AtomicLong();

  /** Notes one exchange. */
  void took(long nanos) {
    smoothed.accumulateAndGet(
        nanos, (old, latest) -> old == 0 ? latest : old + (latest - old) / WEIGHT);
  }

  /** Whether the line is long. */
  boolean areLong() {
    return smoothed.get() > LONG_NANOS;
  }
}
