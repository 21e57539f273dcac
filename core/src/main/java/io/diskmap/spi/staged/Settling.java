package io.diskmap.spi.staged;

import io.diskmap.ErrorKind;
import io.diskmap.StorageException;
import io.diskmap.spi.Call;
import java.time.Duration;
import java.util.function.Predicate;

/**
 * Finds out by looking whether a change has happened whose answer nobody got. Stateless.
 *
 * <p>A look can overtake the request of the change while that is under way, so after a request that
 * was given up one that shows nothing of the change is repeated for a moment. Where nobody can be
 * asked it is OUTCOME_UNKNOWN.
 */
final class Settling {
  private static final long FIRST_PAUSE_MILLIS = 10;
  private static final long LONGEST_PAUSE_MILLIS = 160;

  /** A look in the call that it is given. */
  @FunctionalInterface
  interface Look<T> {
    T in(Call call) throws StorageException;
  }

  private Settling() {}

  /** What is seen after a change that failed so, and that has happened where this shows it. */
  static <T> T settle(StorageException failure, Call call, Look<T> look, Predicate<T> happened)
      throws StorageException {
    Call settling = Cleaning.after(call);
    boolean underWay = failure.kind() != ErrorKind.UNAVAILABLE;
    try {
      return Cleaning.uninterrupted(
          () -> {
            T seen = Repeat.run(settling, () -> look.in(settling));
            long pause = FIRST_PAUSE_MILLIS;
            while (underWay && pause <= LONGEST_PAUSE_MILLIS && !happened.test(seen)) {
              settling.pause(Duration.ofMillis(pause));
              seen = Repeat.run(settling, () -> look.in(settling));
              pause *= 4;
            }
            return seen;
          });
    } catch (StorageException e) {
      if (e.kind() == ErrorKind.OUTCOME_UNKNOWN) {
        throw e;
      }
      failure.addSuppressed(e);
      throw Cleaning.unknown(failure);
    }
  }
}
