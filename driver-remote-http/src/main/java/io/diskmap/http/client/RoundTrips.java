package io.diskmap.http.client;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * How long the line to the server is: the shortest of the last times that the server took to begin
 * an answer. Thread-safe.
 *
 * <p>Near servers are read in one stream, which costs the least; on a long line several ranges at
 * once keep it full. A mean would take a busy server, or a client that has just started, for a far
 * one, and then make both busier; the shortest time is the line's alone. The first times prove
 * nothing, because they hold the making of the connection and the loading of code on both sides.
 */
final class RoundTrips {
  private static final long LONG_NANOS = Duration.ofMillis(4).toNanos();
  private static final int LEAST = 3;
  private static final int LAST = 8;

  private final AtomicLongArray times = new AtomicLongArray(LAST);
  private final AtomicInteger count = new AtomicInteger();

  /** Notes one exchange. */
  void took(long nanos) {
    int number = count.getAndUpdate(n -> n + 1 == 2 * LAST ? LAST : n + 1);
    times.set(number % LAST, nanos);
  }

  /** Whether the line is long. */
  boolean areLong() {
    int known = Math.min(count.get(), LAST);
    long shortest = Long.MAX_VALUE;
    for (int i = 0; i < known; i++) {
      shortest = Math.min(shortest, times.get(i));
    }
    return known >= LEAST && shortest > LONG_NANOS;
  }
}
