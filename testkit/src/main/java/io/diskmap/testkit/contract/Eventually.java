package io.diskmap.testkit.contract;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** Waits for conditions. Stateless. */
public final class Eventually {
  private static final Duration SOON = Duration.ofSeconds(10);

  private Eventually() {}

  /** A condition that may throw. */
  @FunctionalInterface
  public interface Condition {
    /** Whether it holds now. */
    boolean holds() throws Exception;
  }

  /** Waits at most ten seconds; an {@link AssertionError} names what did not happen. */
  public static void holds(String what, Condition condition) throws Exception {
    holds(what, SOON, condition);
  }

  /** Waits at most this long. */
  public static void holds(String what, Duration atMost, Condition condition) throws Exception {
    if (!within(atMost, condition)) {
      throw new AssertionError("This did not happen within " + atMost + ": " + what);
    }
  }

  /** Whether the condition holds within this time. */
  public static boolean within(Duration atMost, Condition condition) throws Exception {
    long deadline = System.nanoTime() + atMost.toNanos();
    while (!condition.holds()) {
      if (System.nanoTime() - deadline >= 0) {
        return false;
      }
      LockSupport.parkNanos(2_000_000);
      if (Thread.currentThread().isInterrupted()) {
        throw new InterruptedException();
      }
    }
    return true;
  }
}
