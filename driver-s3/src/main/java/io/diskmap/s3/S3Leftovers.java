package io.diskmap.s3;

import io.diskmap.CallContext;
import io.diskmap.ErrorKind;
import io.diskmap.StorageException;
import io.diskmap.spi.Call;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes what could not be removed while the store did not answer, as soon as it does again.
 *
 * <p>Thread-safe. Each removal is tried for some minutes by a worker, with growing pauses, and no
 * longer than the disk is open; what stays after that is swept.
 */
final class S3Leftovers {
  private static final Logger LOG = LoggerFactory.getLogger(S3Leftovers.class);
  private static final Duration FIRST_PAUSE = Duration.ofMillis(500);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(15);
  private static final Duration LAST = Duration.ofSeconds(2);
  private static final int TRIES = 30;

  /** A removal that is safe to repeat. */
  @FunctionalInterface
  interface Removal {
    void run(Call call) throws StorageException;
  }

  private final S3Sessions sessions;
  private final Map<Removal, CallContext> pending = new ConcurrentHashMap<>();

  S3Leftovers(S3Sessions sessions) {
    this.sessions = sessions;
  }

  /** Removes it at once, in the calling thread; later where the store does not answer. */
  void now(Removal removal, CallContext context) {
    pending.put(removal, context);
    try {
      removal.run(Call.within(context, sessions.context().timeout()));
      pending.remove(removal);
    } catch (StorageException e) {
      failed(removal, context, e, 1, FIRST_PAUSE);
    }
  }

  /** Removes it in a worker. */
  void soon(Removal removal, CallContext context) {
    pending.put(removal, context);
    begin(removal, () -> now(removal, context));
  }

  /** A disk that is closed has tried what was left for the last time. */
  private void begin(Removal removal, Runnable task) {
    try {
      sessions.execute(task);
    } catch (StorageException closed) {
      pending.remove(removal);
      LOG.debug("The remains of a save are left to the sweep", closed);
    }
  }

  /** Tries once more what is left, before the disk closes. */
  void last() {
    Duration timeout = sessions.context().timeout();
    Call own = Call.within(CallContext.none(), timeout.compareTo(LAST) < 0 ? timeout : LAST);
    pending.forEach(
        (removal, context) -> {
          try {
            removal.run(own);
          } catch (StorageException e) {
            LOG.debug("The remains of a save are left to the sweep", e);
          }
        });
    pending.clear();
  }

  private void failed(
      Removal removal, CallContext context, StorageException e, int tries, Duration pause) {
    boolean passing = e.kind().isTransient() || e.kind() == ErrorKind.CANCELLED;
    if (!passing || tries >= TRIES || sessions.isEnded()) {
      pending.remove(removal);
      LOG.debug("The remains of a save are left to the sweep", e);
      return;
    }
    begin(
        removal,
        () -> {
          if (sessions.endsWithin(pause)) {
            return;
          }
          try {
            removal.run(Call.within(context, sessions.context().timeout()));
            pending.remove(removal);
          } catch (StorageException again) {
            Duration twice = pause.multipliedBy(2);
            Duration next = twice.compareTo(LONGEST_PAUSE) < 0 ? twice : LONGEST_PAUSE;
            failed(removal, context, again, tries + 1, next);
          }
        });
  }
}
