package io.diskmap.s3;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Slows the requests of a disk down while its store answers SlowDown, and measures how near the
 * store is. Thread-safe.
 */
final class S3Pace {
  private static final long FIRST_PAUSE = 50_000_000L;
  private static final long LONGEST_PAUSE = 3_000_000_000L;
  private static final long FAR_NANOS = 8_000_000L;
  private static final int SAMPLES = 32;

  private final AtomicLong pause = new AtomicLong();
  private final AtomicLong openAt = new AtomicLong(System.nanoTime());
  private final long[] samples = new long[SAMPLES];
  private volatile int taken;

  /** How long the next request waits. */
  long waitNanos() {
    return pause.get() == 0 ? 0 : Math.max(0, openAt.get() - System.nanoTime());
  }

  /** Whether the store asks for fewer requests. */
  boolean isSlow() {
    return pause.get() > 0;
  }

  /** Takes note of an answer. */
  void answered(int status) {
    if (status == 503 || status == 429) {
      long next = pause.updateAndGet(p -> Math.min(LONGEST_PAUSE, Math.max(FIRST_PAUSE, p * 2)));
      openAt.set(System.nanoTime() + ThreadLocalRandom.current().nextLong(next / 2, next + 1));
    } else if (pause.get() != 0) {
      long next = pause.updateAndGet(p -> p <= FIRST_PAUSE ? 0 : p / 2);
      openAt.set(System.nanoTime() + next / 4);
    }
  }

  /** Lets all requests wait for as long as the store asks. */
  void rest(Duration time) {
    pause.accumulateAndGet(FIRST_PAUSE, Math::max);
    long until = System.nanoTime() + time.toNanos();
    openAt.accumulateAndGet(until, (a, b) -> a - b > 0 ? a : b);
  }

  /** Takes note of how long a request without content waited for its answer. */
  synchronized void waited(long nanos) {
    samples[taken % SAMPLES] = nanos;
    taken++;
  }

  /** Whether answers take so long that requests side by side are faster than one. */
  boolean isFar() {
    return nearestNanos() >= FAR_NANOS;
  }

  /** The shortest recent wait for an answer, zero while nothing is known. */
  private synchronized long nearestNanos() {
    long least = Long.MAX_VALUE;
    for (int i = 0; i < Math.min(taken, SAMPLES); i++) {
      least = Math.min(least, samples[i]);
    }
    return least == Long.MAX_VALUE ? 0 : least;
  }
}
