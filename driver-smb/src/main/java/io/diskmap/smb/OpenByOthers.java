package io.diskmap.smb;

import io.diskmap.ErrorKind;
import io.diskmap.StorageException;
import io.diskmap.spi.Call;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Repeats what the server refuses because somebody has the file open, for a bounded time.
 * Thread-safe.
 *
 * <p>The server refuses it without a trace, so a repeat does no harm. The pauses are short and
 * random, to find the moment between two readers.
 */
final class OpenByOthers {
  static final Duration FIRST = Duration.ofMillis(2);
  private static final int LONGEST_MILLIS = 24;

  /** What can be refused as busy. */
  @FunctionalInterface
  interface Attempt<T> {
    T run() throws StorageException;
  }

  private final Duration wait;

  OpenByOthers(Duration wait) {
    this.wait = wait;
  }

  <T> T run(Call call, Attempt<T> attempt) throws StorageException {
    long end = System.nanoTime() + wait.toNanos();
    while (true) {
      try {
        return attempt.run();
      } catch (StorageException e) {
        long left = end - System.nanoTime();
        if (e.kind() != ErrorKind.BUSY || left <= 0) {
          throw e;
        }
        int millis = ThreadLocalRandom.current().nextInt(1, LONGEST_MILLIS);
        call.pause(Duration.ofNanos(Math.min(left, millis * 1_000_000L)));
        call.progressed();
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
