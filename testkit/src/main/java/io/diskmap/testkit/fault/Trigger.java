package io.diskmap.testkit.fault;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** An action for the n-th passing of a byte pattern, over all connections. For any thread. */
final class Trigger {
  private final BytePattern pattern;
  private final Consumer<ProxiedConnection> action;
  private final Trip trip;
  private final AtomicInteger toGo;

  Trigger(BytePattern pattern, int occurrence, Consumer<ProxiedConnection> action, Trip trip) {
    if (occurrence < 1) {
      throw new IllegalArgumentException("the first occurrence is 1, not " + occurrence);
    }
    this.pattern = pattern;
    this.action = action;
    this.trip = trip;
    this.toGo = new AtomicInteger(occurrence);
  }

  BytePattern pattern() {
    return pattern;
  }

  /** Counts one match; true for the match that is to fire. */
  boolean matched() {
    return toGo.decrementAndGet() == 0;
  }

  void fire(ProxiedConnection connection) {
    action.accept(connection);
    trip.fire();
  }
}
