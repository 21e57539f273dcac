package io.diskmap.testkit.fault;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** A line of limited rate that all connections of one direction share. For any thread. */
final class Pacer {
  private final AtomicLong freeAt = new AtomicLong(System.nanoTime());

  /** Returns when the line has sent these bytes after all that were given to it before. */
  void pace(int bytes, long bytesPerSecond) throws InterruptedException {
    if (bytesPerSecond == Shape.UNLIMITED) {
      return;
    }
    long cost = (long) (bytes * 1e9 / bytesPerSecond);
    long now = System.nanoTime();
    long sentAt = freeAt.updateAndGet(free -> (free - now > 0 ? free : now) + cost);
    TimeUnit.NANOSECONDS.sleep(sentAt - now);
  }
}
