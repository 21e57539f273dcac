package io.diskmap.spi.staged;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/**
 * The server's clock, as far as the files that were just written tell it.
 *
 * <p>Thread-safe. From the last such file the monotonic clock of this machine counts on, so a wrong
 * or stepping wall clock does not matter. Before the first one the wall clock stands in, a minute
 * early. Servers date files by a clock that ticks every few milliseconds, so that a file written
 * just behind a second can have the second before; the answer lags behind by more than a tick. It
 * is never later than the server's time by more than clocks drift within a minute.
 */
final class StoreClock {
  private static final Duration UNKNOWN_SKEW = Duration.ofMinutes(1);
  private static final long OBSERVATION_NANOS = Duration.ofMinutes(1).toNanos();

  /** Longer than a tick of any system: 16 ms on Windows, 10 ms at most on Linux. */
  private static final long TICK_NANOS = Duration.ofMillis(20).toNanos();

  /**
   * What is known of the server's time.
   *
   * @param store it, or a little earlier, at an instant of the monotonic clock
   * @param latest the time of a file, before which the server dates none any more
   * @param guessed whether the wall clock stands in
   */
  private record Observation(Instant store, long nanos, Instant latest, boolean guessed) {
    Instant reckoned(long nanoTime) {
      return store.plusNanos(nanoTime - nanos);
    }

    boolean isWanted(long nanoTime) {
      return guessed || nanoTime - nanos > OBSERVATION_NANOS;
    }
  }

  private final Duration granularity;
  private final LongSupplier nanoTime;
  private final ReentrantLock changing = new ReentrantLock();
  private volatile Observation last;

  StoreClock(Duration granularity, Instant wallClock) {
    this(granularity, wallClock, System::nanoTime);
  }

  StoreClock(Duration granularity, Instant wallClock, LongSupplier nanoTime) {
    this.granularity = granularity;
    this.nanoTime = nanoTime;
    Instant early = wallClock.minus(UNKNOWN_SKEW);
    this.last = new Observation(early, nanoTime.getAsLong(), early, true);
  }

  /** Whether the last observation is old enough for another one. */
  boolean wantsObservation() {
    return last.isWanted(nanoTime.getAsLong());
  }

  /** Takes the time of a file that was written just now. */
  void observe(Instant written) {
    take(written, written);
  }

  /** Takes what the server says of its time; the files that it writes now can be a tick older. */
  void told(Instant now) {
    take(now, now.minusNanos(TICK_NANOS));
  }

  private void take(Instant store, Instant latest) {
    changing.lock();
    try {
      long nanos = nanoTime.getAsLong();
      Observation known = last;
      if (known.isWanted(nanos) || store.isAfter(known.reckoned(nanos))) {
        last = new Observation(store, nanos, latest, false);
      } else if (latest.isAfter(known.latest())) {
        last = new Observation(known.store(), known.nanos(), latest, false);
      }
    } finally {
      changing.unlock();
    }
  }

  /** The server's time now, or a little earlier: no file is dated before it from now on. */
  Instant now() {
    Observation known = last;
    Instant reckoned = known.reckoned(nanoTime.getAsLong()).minusNanos(TICK_NANOS);
    return reckoned.isAfter(known.latest()) ? reckoned : known.latest();
  }

  /** The server's time now, cut down to how finely it dates files. */
  Instant cutNow() {
    Instant now = now();
    if (granularity.compareTo(Duration.ofSeconds(1)) >= 0) {
      long step = granularity.getSeconds();
      return Instant.ofEpochSecond(Math.floorDiv(now.getEpochSecond(), step) * step);
    }
    long step = Math.max(1, granularity.toNanos());
    return Instant.ofEpochSecond(now.getEpochSecond(), now.getNano() / step * step);
  }

  /** Whether a change from now on would show another time than this one. */
  boolean isSettled(Instant modified) {
    return granularity.isZero() || !modified.plus(granularity).isAfter(now());
  }

  /**
   * Whether this lies so far back, give or take how finely the server dates files; whatever is
   * there has the age zero, though the server's clock be known only as a little earlier.
   */
  boolean isOlder(Instant time, Duration age) {
    return age.isZero() || !time.isAfter(now().minus(age).plus(granularity));
  }
}
