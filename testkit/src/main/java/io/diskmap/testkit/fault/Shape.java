package io.diskmap.testkit.fault;

import java.time.Duration;

/**
 * The lasting qualities of one direction of a line: one-way delay and rate. An immutable value for
 * any thread.
 *
 * @param delay the time each byte spends on the line; throughput does not suffer from it until 16
 *     MiB are on the line of one connection
 * @param bytesPerSecond the rate that all connections share, {@link #UNLIMITED} for none
 */
public record Shape(Duration delay, long bytesPerSecond) {
  /** The rate of a line without a limit. */
  public static final long UNLIMITED = Long.MAX_VALUE;

  /** A line that adds nothing. */
  public static final Shape PLAIN = new Shape(Duration.ZERO, UNLIMITED);

  /** Checks that neither value is negative and that the rate lets a byte through. */
  public Shape {
    if (delay.isNegative()) {
      throw new IllegalArgumentException("delay must not be negative: " + delay);
    }
    if (bytesPerSecond < 1) {
      throw new IllegalArgumentException("rate must be at least 1 byte/s: " + bytesPerSecond);
    }
  }

  /** This shape with another delay. */
  public Shape withDelay(Duration newDelay) {
    return new Shape(newDelay, bytesPerSecond);
  }

  /** This shape with another rate. */
  public Shape withRate(long newBytesPerSecond) {
    return new Shape(delay, newBytesPerSecond);
  }

  /** The bytes one connection may have on the line before its sender has to wait. */
  long window() {
    return delay.isZero() ? 256 * 1024 : 16L * 1024 * 1024;
  }

  /** The bytes to take at once, so that a slow line flows instead of jumping. */
  int blockSize() {
    return (int) Math.max(1, Math.min(64 * 1024, bytesPerSecond / 50));
  }
}
