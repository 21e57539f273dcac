package io.diskmap.spi.staged;

import io.diskmap.StorageException;
import io.diskmap.spi.Call;
import io.diskmap.spi.DriverContext;
import io.diskmap.spi.staged.LeftFile.Left;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

/**
 * Removes what a failed save has staged where that was not possible, or not certain, in the moment
 * of the failure: again and again in the background for a while, and what is left then is swept.
 *
 * <p>Thread-safe. A save that is begun again under its id stops that first. A disk that is closed
 * waits for files that are there, not for those that may come.
 */
final class LateCleaning {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Duration LOOK = Duration.ofMillis(5);
  private static final long FIRST_PAUSE_MILLIS = 20;
  private static final long LONGEST_PAUSE_MILLIS = 250;

  private final DriverContext context;
  private final Activity activity;
  private final Map<String, Cleaner> underWay = new ConcurrentHashMap<>();
  private volatile boolean closing;

  LateCleaning(DriverContext context, Activity activity) {
    this.context = context;
    this.activity = activity;
  }

  /** One attempt in the call that it is given; what is left after it. */
  @FunctionalInterface
  interface Attempt {
    Left run(Call call);
  }

  /** Learns at the end whether nothing is left, or whether somebody else sees to it now. */
  @FunctionalInterface
  interface Ending {
    void ended(boolean clean);
  }

  /** Makes attempts in the background for a save until nothing is left. */
  void begin(String id, Call failed, Attempt attempt, Ending ending) {
    Cleaner cleaner = new Cleaner(id, failed, attempt, ending);
    underWay.put(id, cleaner);
    activity.begin();
    try {
      context.workers().execute(cleaner::run);
    } catch (RejectedExecutionException leftToTheSweep) {
      cleaner.end(false);
    }
  }

  /** Hands what is left of a save to the caller, once an attempt that is under way has ended. */
  void stop(String id, Call call) throws StorageException {
    Cleaner cleaner = underWay.get(id);
    if (cleaner != null) {
      cleaner.stopping.countDown();
      while (cleaner.ended.getCount() > 0) {
        call.pause(LOOK);
      }
    }
  }

  /** Leaves to the sweep what may only come. */
  void close() {
    closing = true;
  }

  /** The attempts for one save. */
  private final class Cleaner {
    private final String id;
    private final Call failed;
    private final Attempt attempt;
    private final Ending ending;
    private final CountDownLatch stopping = new CountDownLatch(1);
    private final CountDownLatch ended = new CountDownLatch(1);

    private Cleaner(String id, Call failed, Attempt attempt, Ending ending) {
      this.id = id;
      this.failed = failed;
      this.attempt = attempt;
      this.ending = ending;
    }

    private void run() {
      boolean clean = false;
      try {
        clean = isClean();
      } finally {
        end(clean);
      }
    }

    private boolean isClean() {
      long until = System.nanoTime() + PATIENCE.toNanos();
      long pause = FIRST_PAUSE_MILLIS;
      while (!isStopped(pause)) {
        boolean last = closing;
        Left left = attempt.run(Cleaning.brief(failed));
        boolean over = System.nanoTime() - until > 0 || Thread.currentThread().isInterrupted();
        if (left == Left.NOTHING || over || (left == Left.PERHAPS && last)) {
          return left == Left.NOTHING;
        }
        pause = Math.min(2 * pause, LONGEST_PAUSE_MILLIS);
      }
      return true;
    }

    /** Waits before an attempt; whether there is to be none any more. */
    private boolean isStopped(long millis) {
      try {
        return stopping.await(millis, TimeUnit.MILLISECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return false;
      }
    }

    private void end(boolean clean) {
      try {
        ending.ended(clean);
      } finally {
        underWay.remove(id, this);
        ended.countDown();
        activity.end();
      }
    }
  }
}
