package io.diskmap.cli;

import io.diskmap.Cancellation;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Turns Ctrl-C and SIGTERM into the cancellation of what is under way. Thread-safe.
 *
 * <p>The process ends once the command has said how it ended, or after ten seconds.
 */
final class Interrupts {
  private static final long PATIENCE_SECONDS = 10;

  private final Cancellation cancellation = Cancellation.create();
  private final CountDownLatch finished = new CountDownLatch(1);

  /** Interrupts that come from the signals of this process. */
  static Interrupts ofProcess() {
    Interrupts interrupts = new Interrupts();
    Runtime.getRuntime().addShutdownHook(new Thread(interrupts::shutDown, "diskmap-interrupt"));
    return interrupts;
  }

  /** What the calls of the command are cancelled by. */
  Cancellation cancellation() {
    return cancellation;
  }

  /** Notes that the command is over and has written all it has to say. */
  void finish() {
    finished.countDown();
  }

  private void shutDown() {
    if (finished.getCount() == 0) {
      return;
    }
    cancellation.cancel();
    try {
      finished.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
