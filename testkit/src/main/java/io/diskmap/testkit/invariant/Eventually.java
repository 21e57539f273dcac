package io.diskmap.testkit.invariant;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;

/** A wait for a condition with a deadline, in place of a sleep. For any thread. */
public final class Eventually {
  private Eventually() {}

  /**
   * Returns as soon as the condition is true.
   *
   * @throws AssertionError if it is not true in time, caused by what it threw last if it threw
   */
  public static void holds(String what, Duration timeout, Callable<Boolean> condition)
      throws InterruptedException {
    long deadline = System.nanoTime() + timeout.toNanos();
    Throwable last;
    do {
      try {
        if (condition.call()) {
          return;
        }
        last = null;
      } catch (InterruptedException e) {
        throw e;
      } catch (Exception | AssertionError e) {
        last = e;
      }
      TimeUnit.MILLISECONDS.sleep(5);
    } while (System.nanoTime() < deadline);
    throw new AssertionError("not within " + timeout + ": " + what, last);
  }
}
