package io.diskmap.testkit.fault;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * The proof that a planned fault has happened: a fault test that never met its fault proves
 * nothing, so it ends by asking its trip. For any thread.
 */
public final class Trip {
  private final String fault;
  private final CountDownLatch fired = new CountDownLatch(1);

  private final BooleanSupplier seen;

  Trip(String fault) {
    this(fault, () -> false);
  }

  private Trip(String fault, BooleanSupplier seen) {
    this.fault = fault;
    this.seen = seen;
  }

  /**
   * The trip of a fault that happens elsewhere, such as in a server's process, and is seen there.
   */
  public static Trip seenBy(String fault, BooleanSupplier seen) {
    return new Trip(fault, seen);
  }

  void fire() {
    fired.countDown();
  }

  /** Whether the fault has happened. */
  public boolean fired() {
    return fired.getCount() == 0 || seen.getAsBoolean();
  }

  /** Waits until the fault has happened; an {@link AssertionError} if it does not in time. */
  public void await(Duration deadline) throws InterruptedException {
    if (!fired.await(deadline.toNanos(), TimeUnit.NANOSECONDS)) {
      throw new AssertionError("did not happen within " + deadline + ": " + fault);
    }
  }

  @Override
  public String toString() {
    return fault + (fired() ? " (happened)" : " (not yet)");
  }
}
