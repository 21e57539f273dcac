package io.diskmap.nfs.v4;

import io.diskmap.StorageException;
import io.diskmap.spi.Call;
import java.time.Duration;

/**
 * How long one exchange waits for the server: a soft one for its timeout, a hard one for as long as
 * its call lasts. For one thread.
 */
public final class Patience {
  private static final Duration STEP = Duration.ofSeconds(1);

  private final Call call;
  private final boolean hard;
  private final long length;
  private final long end;

  private Patience(Call call, boolean hard, long length) {
    this.call = call;
    this.hard = hard;
    this.length = length;
    this.end = System.nanoTime() + length;
  }

  /** Waits at most this long. */
  public static Patience soft(Call call, Duration timeout) {
    return new Patience(call, false, timeout.toNanos());
  }

  /** Waits until the call ends. */
  public static Patience hard(Call call) {
    return new Patience(call, true, 0);
  }

  /** On whose behalf. */
  public Call call() {
    return call;
  }

  /** How long the next wait may be; zero once the time is over. */
  Duration next() throws StorageException {
    call.check();
    if (hard) {
      call.progressed();
      return call.remaining(STEP);
    }
    Duration left = Duration.ofNanos(Math.max(0, end - System.nanoTime()));
    return call.remaining(left.compareTo(STEP) < 0 ? left : STEP);
  }

  /** Whether the time is over. */
  boolean isOver() throws StorageException {
    call.check();
    return !hard && System.nanoTime() - end >= 0;
  }

  /** Whether a soft wait has lasted half of its time. */
  boolean isHalfOver() {
    return !hard && end - System.nanoTime() <= length / 2;
  }

  /** Waits a little, at most as long as there is time. */
  void pause(Duration time) throws StorageException {
    Duration most = next();
    call.pause(time.compareTo(most) < 0 ? time : most);
  }
}
