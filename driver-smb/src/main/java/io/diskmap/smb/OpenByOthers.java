package io.diskmap.smb;

import io.diskmap.ErrorKind;
import io.diskmap.StorageException;
import io.diskmap.spi.Call;
import java.time.Duration;

/**
 * Repeats a change of a file that somebody has open, for a bounded time. Thread-safe.
 *
 * <p>The server refuses such a change without a trace of it, so a repeat does no harm.
 */
final class OpenByOthers {
  static final Duration FIRST = Duration.ofMillis(5);
  private static final Duration LONGEST = Duration.ofMillis(250);

  /** A change that can be refused. */
  @FunctionalInterface
  interface Change {
    void run() throws StorageException;
  }

  private final Duration wait;

  OpenByOthers(Duration wait) {
    this.wait = wait;
  }

  void run(Call call, Change change) throws StorageException {
    long end = System.nanoTime() + wait.toNanos();
    Duration pause = FIRST;
    while (true) {
      try {
        change.run();
        return;
      } catch (StorageException e) {
        long left = end - System.nanoTime();
        if (e.kind() != ErrorKind.BUSY || left <= 0) {
          throw e;
        }
        Duration rest = Duration.ofNanos(left);
        call.pause(pause.compareTo(rest) < 0 ? pause : rest);
        call.progressed();
        Duration twice = pause.multipliedBy(2);
        pause = twice.compareTo(LONGEST) < 0 ? twice : LONGEST;
      }
    }
  }

  static StorageException busy(Throwable cause) {
    return StorageException.of(
        ErrorKind.BUSY,
        "Somebody has the file open, and the SMB server replaces no open file; try again later.",
        cause);
  }
}
