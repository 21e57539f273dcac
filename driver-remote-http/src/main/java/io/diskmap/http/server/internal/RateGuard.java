package io.diskmap.http.server.internal;

import java.io.IOException;
import java.util.concurrent.TimeUnit;

/**
 * Gives up on a peer that moves a body slower than the minimum rate, averaged over a window of the
 * time that was spent waiting for it. For one thread and one body.
 */
public final class RateGuard {
  private final long windowNanos;
  private final long leastBytes;
  private long windowStart;
  private long lastMove;
  private long bytes;

  public RateGuard(EngineLimits limits) {
    this.windowNanos = limits.rateWindow().toNanos();
    this.leastBytes = limits.minRate() * limits.rateWindow().toMillis() / 1000;
    this.windowStart = System.nanoTime();
    this.lastMove = windowStart;
  }

  /** Begins to wait for the peer: what passed since the last move was the storage's time. */
  public void resume() {
    windowStart += System.nanoTime() - lastMove;
  }

  /** How long the next step may wait for the peer; at least a millisecond. */
  public long patienceMillis() {
    long left = windowStart + windowNanos - System.nanoTime();
    return Math.max(1, TimeUnit.NANOSECONDS.toMillis(left));
  }

  /** Notes octets that moved, none included; fails when a window ends with too few. */
  public void moved(long count) throws IOException {
    bytes += count;
    long now = System.nanoTime();
    lastMove = now;
    if (now - windowStart >= windowNanos) {
      if (bytes < leastBytes) {
        throw new SlowPeerException();
      }
      windowStart = now;
      bytes = 0;
    }
  }
}
