package io.diskmap.spi.staged;

import io.diskmap.ErrorKind;
import io.diskmap.StorageException;
import io.diskmap.spi.Call;
import java.time.Duration;

/**
 * Calls of their own for what must be settled or removed after the caller's call has ended.
 * Stateless.
 */
final class Cleaning {
  private static final Duration AT_MOST = Duration.ofSeconds(10);
  private static final Duration BRIEF = Duration.ofSeconds(3);

  private Cleaning() {}

  /** The call itself while it goes on, else a short one in its place. */
  static Call after(Call call) {
    return call.isEnded() || Thread.currentThread().isInterrupted() ? fresh(call) : call;
  }

  /** A short call on behalf of the same user. */
  static Call fresh(Call call) {
    return Call.within(call.context(), AT_MOST);
  }

  /** A very short call, for what is tried again later. */
  static Call brief(Call call) {
    return Call.within(call.context(), BRIEF);
  }

  /** Whether a change that failed so may have happened. */
  static boolean isOpen(StorageException failure) {
    return Repeat.isOpen(failure) || failure.kind() == ErrorKind.CANCELLED;
  }

  /** Runs a step that must not be cut short by an interrupt, which is kept for the caller. */
  static <T> T uninterrupted(Repeat.Step<T> step) throws StorageException {
    boolean interrupted = Thread.interrupted();
    try {
      return step.run();
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** The failure of a change that nobody could look after. */
  static StorageException unknown(StorageException cause) {
    return StorageException.of(
        ErrorKind.OUTCOME_UNKNOWN,
        "The connection broke before the server's answer, and it cannot be asked whether the change"
            + " happened; look at the file before repeating.",
        cause);
  }
}
