package io.diskmap.testkit.fault;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The exact number of bytes that may still pass before a cut. For any thread, so that several
 * connections can draw on one budget.
 */
final class ByteBudget {
  private final AtomicLong remaining;
  private final AtomicBoolean spent = new AtomicBoolean();
  private final Ending ending;
  private final Trip trip;

  ByteBudget(long bytes, Ending ending, Trip trip) {
    if (bytes < 0) {
      throw new IllegalArgumentException("bytes before a cut must not be negative: " + bytes);
    }
    this.remaining = new AtomicLong(bytes);
    this.ending = ending;
    this.trip = trip;
  }

  Ending ending() {
    return ending;
  }

  Trip trip() {
    return trip;
  }

  /**
   * How many of {@code wanted} bytes may pass; {@code cut} for the one caller that is to end its
   * connection after them. A spent budget no longer holds anybody back.
   */
  Grant claim(int wanted) {
    while (true) {
      if (spent.get()) {
        return new Grant(wanted, false);
      }
      long left = remaining.get();
      int granted = (int) Math.min(wanted, left);
      if (remaining.compareAndSet(left, left - granted)) {
        if (left > granted) {
          return new Grant(granted, false);
        }
        if (spent.compareAndSet(false, true)) {
          return new Grant(granted, true);
        }
      }
    }
  }

  /** The answer to a claim. */
  record Grant(int bytes, boolean cut) {}
}
