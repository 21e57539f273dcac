package io.diskmap.spi.staged;

import io.diskmap.StorageException;
import io.diskmap.spi.Call;
import io.diskmap.spi.DriverContext;
import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;

/**
 * Removes what a failed save has staged where the server could not be asked in the moment of the
 * failure: again and again in the background for a while, and what is left then is swept.
 *
 * <p>Thread-safe.
 */
final class LateCleaning {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Duration PAUSE = Duration.ofMillis(250);

  private final DriverContext context;
  private final Activity activity;

  LateCleaning(DriverContext context, Activity activity) {
    this.context = context;
    this.activity = activity;
  }

  /** One attempt in the call that it is given; whether nothing is left. */
  @FunctionalInterface
  interface Attempt {
    boolean isDone(Call call);
  }

  /** Makes attempts in the background until one succeeds. */
  void begin(Call failed, Attempt attempt) {
    activity.begin();
    try {
      context.workers().execute(() -> run(failed, attempt));
    } catch (RejectedExecutionException leftToTheSweep) {
      activity.end();
    }
  }

  private void run(Call failed, Attempt attempt) {
    Call call = Call.within(failed.context(), PATIENCE);
    try {
      while (!attempt.isDone(call)) {
        call.pause(PAUSE);
      }
    } catch (StorageException leftToTheSweep) {
      return;
    } finally {
      activity.end();
    }
  }
}
