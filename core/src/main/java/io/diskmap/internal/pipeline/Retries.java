package io.diskmap.internal.pipeline;

import io.diskmap.StorageException;
import io.diskmap.spi.Call;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Repeats an exchange that failed for a passing cause, with growing, jittered pauses.
 *
 * <p>Thread-safe. A pause honours what the store asks for, and ends with the call.
 */
final class Retries {
  private static final Duration FIRST_PAUSE = Duration.ofMillis(50);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(2);

  /** One attempt. */
  @FunctionalInterface
  interface Attempt<T> {
    T run() throws StorageException;
  }

  private final int attempts;
  private final ActiveCalls calls;

  Retries(int attempts, ActiveCalls calls) {
    this.attempts = attempts;
    this.calls = calls;
  }

  /** Runs attempts until one succeeds, fails for good, or the last one allowed fails. */
  <T> T run(Call call, Attempt<T> attempt) throws StorageException {
    for (int number = 1; ; number++) {
      try {
        return attempt.run();
      } catch (StorageException e) {
        pauseOrThrow(call, number, e);
      }
    }
  }

  /**
   * Waits before the attempt after this failed one; throws the failure where there is no further
   * one.
   */
  void pauseOrThrow(Call call, int number, StorageException failure) throws StorageException {
    if (!isWorthRepeating(failure) || number >= attempts || call.isEnded()) {
      throw failure.attempt() > 0 || number == 1
          ? failure
          : failure.toBuilder().attempt(number).build();
    }
    Duration pause = pauseAfter(number, failure);
    if (call.isBounded() && call.remaining(pause).compareTo(pause) < 0) {
      throw failure.toBuilder().attempt(number).build();
    }
    Operation operation = calls.operationOf(call);
    if (operation != null) {
      operation.retried(number, failure, pause);
    }
    call.pause(pause);
  }

  /** A failure that counts attempts was repeated already, further inside. */
  private static boolean isWorthRepeating(StorageException failure) {
    if (failure.attempt() > 0) {
      return false;
    }
    return switch (failure.kind()) {
      case TIMEOUT, UNAVAILABLE, THROTTLED -> true;
      default -> false;
    };
  }

  private static Duration pauseAfter(int number, StorageException failure) {
    long ceiling = Math.min(LONGEST_PAUSE.toMillis(), FIRST_PAUSE.toMillis() << (number - 1));
    Duration jittered =
        Duration.ofMillis(ThreadLocalRandom.current().nextLong(ceiling / 2, ceiling + 1));
    Duration asked = failure.retryAfter().orElse(Duration.ZERO);
    return asked.compareTo(jittered) > 0 ? asked : jittered;
  }
}
