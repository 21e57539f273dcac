package io.diskmap.smb.wire;

import io.diskmap.StorageException;
import io.diskmap.spi.Call;
import java.time.Duration;

/**
 * How long one exchange waits for the server, at most as long as its call goes on. For one thread.
 */
public final class Patience {
  private static final Duration STEP = Duration.ofSeconds(1);

  private final Call call;
  private final Duration time;
  private final long end;

  private Patience(Call call, Duration time) {
    this.call = call;
    this.time = time;
    this.end = System.nanoTime() + time.toNanos();
  }

  /** Waits at most this long from now on. */
  public static Patience of(Call call, Duration time) {
    return new Patience(call, time);
  }

  Call call() {
    return call;
  }

  /** The time that it began with. */
  Duration time() {
    return time;
  }

  /** How long the next wait may be; zero once the time is over. */
  long nextNanos() throws StorageException {
    call.check();
    long left = Math.max(0, end - System.nanoTime());
    return call.remaining(left < STEP.toNanos() ? Duration.ofNanos(left) : STEP).toNanos();
  }

  /** Whether the time is over. */
  boolean isOver() throws StorageException {
    call.check();
    return System.nanoTime() - end >= 0;
  }
}
