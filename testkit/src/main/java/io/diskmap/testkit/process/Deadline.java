package io.diskmap.testkit.process;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** An instant by which something has to be done. An immutable value for any thread. */
record Deadline(long nanoTime, Duration total) {
  static Deadline in(Duration total) {
    return new Deadline(System.nanoTime() + total.toNanos(), total);
  }

  boolean passed() {
    return remainingNanos() <= 0;
  }

  long remainingNanos() {
    return nanoTime - System.nanoTime();
  }

  /** Waits a moment before the next look at a condition. */
  static void pause() throws InterruptedException {
    TimeUnit.MILLISECONDS.sleep(10);
  }
}
