package io.diskmap.s3;

import java.time.Instant;
import java.util.Optional;

/**
 * How the store's clock stands to this process's, from the dates of its answers.
 *
 * <p>Thread-safe. An answer's date is a whole second, so one answer tells the difference of the
 * clocks to a second, and the dates of many answers together to milliseconds. What was written
 * between two known moments then has a known second, unless one begins between them.
 */
final class S3Clock {
  private static final long SECOND = 1_000_000_000L;

  /** How far clocks may run apart, as a part of the time that passes. */
  private static final long DRIFT = 10_000;

  private boolean known;
  private long least;
  private long most;
  private long asOf;

  /** Takes note of an answer's date; the times are of {@link System#nanoTime}. */
  synchronized void answered(Instant date, long sent, long received) {
    long whole = Math.multiplyExact(date.getEpochSecond(), SECOND);
    long from = whole - received;
    long to = whole + SECOND - sent;
    if (known) {
      long drift = (received - asOf) / DRIFT;
      from = Math.max(from, least - drift);
      to = Math.min(to, most + drift);
    }
    if (from > to) {
      from = whole - received;
      to = whole + SECOND - sent;
    }
    known = true;
    least = from;
    most = to;
    asOf = received;
  }

  /** The second, by the store's clock, in which something between two moments happened. */
  synchronized Optional<Instant> second(long from, long to) {
    if (!known) {
      return Optional.empty();
    }
    long first = Math.floorDiv(from + least, SECOND);
    long last = Math.floorDiv(to + most, SECOND);
    return first == last ? Optional.of(Instant.ofEpochSecond(first)) : Optional.empty();
  }
}
