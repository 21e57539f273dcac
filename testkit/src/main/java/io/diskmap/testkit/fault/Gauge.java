package io.diskmap.testkit.fault;

import java.util.concurrent.atomic.AtomicLong;

/** A number that goes up and down and remembers its peak. For any thread. */
final class Gauge {
  private final AtomicLong current = new AtomicLong();
  private final AtomicLong peak = new AtomicLong();

  void add(long delta) {
    long now = current.addAndGet(delta);
    peak.accumulateAndGet(now, Math::max);
  }

  long current() {
    return current.get();
  }

  long peak() {
    return peak.get();
  }
}
