package io.diskmap.testkit.fault;

import java.time.Duration;

/**
 * The lasting qualities of one direction of a line: one-way delay and rate. An immutable value for
 * any thread.
 *
 * @param delay the time each byte spends on the line; throughput does not suffer from it until the
 *     window of one connection is full
 * @param bytesPerSecond the rate that all connections share, {@link #UNLIMITED} for none
 * @param window the bytes that one connection may have on the line before its sender has to wait
 */
public record Shape(Duration delay, long bytesPerSecond, long window) {
  /** The rate of a line without a limit. */
  public static final long UNLIMITED = Long.MAX_VALUE;

  /** The window of a line that is made for one fast connection. */
  public static final long WIDE = 16L * 1024 * 1024;

  private static final long NEAR = 256L * 1024;

  /** A line that adds nothing. */
  public static final Shape PLAIN = new Shape(Duration.ZERO, UNLIMITED, WIDE);

  /** Checks that neither value is negative and that the rate lets a byte through. */
  public Shape {
    if (delay.isNegative()) {
      throw new IllegalArgumentException("delay must not be negative: " + delay);
    }
    if (bytesPerSecond < 1) {
      throw new IllegalArgumentException("rate must be at least 1 byte/s: " + bytesPerSecond);
    }
    if (window < 1) {
      throw new IllegalArgumentException("window must be at least 1 byte: " + window);
    }
  }

  /** This shape with another delay. */
  public Shape withDelay(Duration newDelay) {
    return new Shape(newDelay, bytesPerSecond, window);
  }

  /** This shape with another rate. */
  public Shape withRate(long newBytesPerSecond) {
    return new Shape(delay, newBytesPerSecond, window);
  }

  /** This shape with another window. */
  public Shape withWindow(long newWindow) {
    return new Shape(delay, bytesPerSecond, newWindow);
  }

  /** The bytes that wait at most; without a delay they are on no line. */
  long queued() {
    return delay.isZero() ? Math.min(NEAR, window) : window;
  }

  /** The bytes to take at once, so that a slow line flows instead of jumping. */
  int blockSize() {
    return (int) Math.max(1, Math.min(64 * 1024, bytesPerSecond / 50));
  }
}
