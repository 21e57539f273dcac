package io.diskmap.cli;

import io.diskmap.Cancellation;
import java.time.Duration;
import java.util.OptionalInt;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Turns Ctrl-C and SIGTERM into the cancellation of what is under way. Thread-safe.
 *
 * <p>The process ends once the command has said how it ended, or after the patience has passed. It
 * begins to end only then: the hooks of libraries run with no regard to the command, and that of an
 * embedded database closes it under the records that are still to be written.
 */
final class Interrupts {
  private final Cancellation cancellation = Cancellation.create();
  private final CountDownLatch finished = new CountDownLatch(1);
  private final AtomicBoolean ending = new AtomicBoolean();
  private volatile Duration patience = Duration.ofSeconds(10);
  private volatile OptionalInt exitCode = OptionalInt.empty();

  /** Interrupts that come from the signals of this process. */
  static Interrupts ofProcess() {
    Interrupts interrupts = new Interrupts();
    Signals.take("INT", interrupts::end);
    Signals.take("TERM", interrupts::end);
    // For a signal that was not taken, and for SIGHUP, which nohup has to be able to hold off.
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
    if (ending.get()) {
      awaitTheEnd();
    }
  }

  /** Whoever has the signal ends the process, with the signal's exit code. */
  private static void awaitTheEnd() {
    try {
      Thread.sleep(Duration.ofMinutes(1).toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** The first signal counts; those behind it change nothing. */
  private void end(int signal) {
    if (ending.compareAndSet(false, true)) {
      windUp();
      System.exit(128 + signal);
    }
  }

  private void shutDown() {
    if (ending.compareAndSet(false, true)) {
      windUp();
    }
  }

  private void windUp() {
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
