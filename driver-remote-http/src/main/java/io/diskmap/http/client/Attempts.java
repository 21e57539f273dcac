package io.diskmap.http.client;

import io.diskmap.ErrorKind;
import io.diskmap.StorageException;
import io.diskmap.spi.Call;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Repeats an exchange whose request is still held, where repeating it can change nothing: a chunk,
 * or the completion of an upload. Thread-safe. Pauses grow, are jittered, honour what the server
 * asks for, and end with the call.
 *
 * @param most how often it is tried
 */
record Attempts(int most) {
  private static final long FIRST_PAUSE_MILLIS = 50;
  private static final long LONGEST_PAUSE_MILLIS = 2000;

  /** One attempt. */
  @FunctionalInterface
  interface Attempt<T> {
    T run() throws StorageException;
  }

  <T> T run(Call call, Attempt<T> attempt) throws StorageException {
    for (int number = 1; ; number++) {
      try {
        return attempt.run();
      } catch (StorageException e) {
        if (number >= most || !isWorthRepeating(e) || call.isEnded()) {
          throw e.toBuilder().attempt(number).build();
        }
        call.pause(pause(number, e));
      }
    }
  }

  /** A body that broke or changed on its way is as good a reason as a lost connection. */
  private static boolean isWorthRepeating(StorageException failure) {
    return failure.kind().isTransient()
        || failure.kind() == ErrorKind.SOURCE_FAILED
        || failure.kind() == ErrorKind.CHECKSUM_MISMATCH && failure.httpStatus().isPresent();
  }

  private static Duration pause(int number, StorageException failure) {
    long ceiling = Math.min(LONGEST_PAUSE_MILLIS, FIRST_PAUSE_MILLIS << Math.min(10, number - 1));
    long jittered = ThreadLocalRandom.current().nextLong(ceiling / 2, ceiling + 1);
    Duration own = Duration.ofMillis(jittered);
    Duration asked = failure.retryAfter().orElse(Duration.ZERO);
    return asked.compareTo(own) > 0 ? asked : own;
  }
}
