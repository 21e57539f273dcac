package io.diskmap.spi.staged;

import io.diskmap.ErrorKind;
import io.diskmap.StorageException;
import io.diskmap.spi.Call;
import java.time.Duration;

/** Repeats steps that a broken connection cut short and that do no harm twice. Stateless. */
final class Repeat {
  private static final int ATTEMPTS = 6;
  private static final long FIRST_PAUSE_MILLIS = 30;

  /** One step. */
  @FunctionalInterface
  interface Step<T> {
    T run() throws StorageException;
  }

  private Repeat() {}

  /** Runs a step until it succeeds, fails for good or has failed too often. */
  static <T> T run(Call call, Step<T> step) throws StorageException {
    for (int attempt = 1; ; attempt++) {
      try {
        return step.run();
      } catch (StorageException e) {
        if (!isOpen(e)) {
          throw e;
        }
        pause(call, attempt, e);
      }
    }
  }

  /** Whether a change that failed so may have happened. */
  static boolean isOpen(StorageException failure) {
    return failure.kind() == ErrorKind.TIMEOUT || failure.kind() == ErrorKind.UNAVAILABLE;
  }

  /** Waits before the attempt after this one; throws the failure where there is none. */
  static void pause(Call call, int attempt, StorageException failure) throws StorageException {
    if (attempt >= ATTEMPTS || call.isEnded()) {
      throw failure;
    }
    call.pause(Duration.ofMillis(FIRST_PAUSE_MILLIS << attempt));
  }
}
