package io.diskmap.cli;

import io.diskmap.Cancellation;
import java.time.Duration;
import java.util.OptionalInt;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Turns Ctrl-C and SIGTERM into the cancellation of what is under way. Thread-safe.
 *
 * <p>The process ends once the command has said how it ended, or after the patience has passed.
 */
final class Interrupts {
  private final Cancellation cancellation = Cancellation.create();
  private final CountDownLatch finished = new CountDownLatch(1);
  private volatile Duration patience = Duration.ofSeconds(10);
  private volatile OptionalInt exitCode = OptionalInt.empty();

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

  /** A signal is how this command ends: it gets this long, and the process ends with success. */
  void endOrderlyWithin(Duration time) {
    patience = time;
    exitCode = OptionalInt.of(Exit.OK);
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
      boolean orderly = finished.await(patience.toMillis(), TimeUnit.MILLISECONDS);
      if (orderly && exitCode.isPresent()) {
        Runtime.getRuntime().halt(exitCode.getAsInt());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
