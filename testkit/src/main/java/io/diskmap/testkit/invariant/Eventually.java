package io.diskmap.testkit.invariant;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;

/** A wait for a condition with a deadline, in place of a sleep. For any thread. */
public final class Eventually {
  private static final Duration SOON = Duration.ofSeconds(30);

  private Eventually() {}

  /** {@link #holds(String, Duration, Callable)} within thirty seconds. */
  public static void holds(String what, Callable<Boolean> condition) throws InterruptedException {
    holds(what, SOON, condition);
  }

  /** Whether the condition becomes true in time. */
  public static boolean within(Duration timeout, Callable<Boolean> condition) throws Exception {
    long deadline = System.nanoTime() + timeout.toNanos();
    while (!condition.call()) {
      if (System.nanoTime() - deadline > 0) {
        return false;
      }
      TimeUnit.MILLISECONDS.sleep(2);
    }
    return true;
  }

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
