package io.diskmap.s3;

import io.diskmap.spi.staged.Activity;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The exchanges that end together, of one writer or of a whole disk. Thread-safe. */
final class S3Exchanges {
  private final Activity activity = new Activity();
  private final Set<S3Exchange> open = ConcurrentHashMap.newKeySet();
  private volatile boolean ended;

  void add(S3Exchange exchange) {
    activity.begin();
    open.add(exchange);
    if (ended) {
      exchange.abort();
    }
  }

  void remove(S3Exchange exchange) {
    open.remove(exchange);
    activity.end();
  }

  boolean isEnded() {
    return ended;
  }

  /** Aborts those that are open and all that come. */
  void end() {
    ended = true;
    open.forEach(S3Exchange::abort);
  }

  /**
   * Waits until those that were aborted have left the line, or the time is up: a connection that is
   * just being made would outlive the client otherwise.
   */
  void awaitNone(Duration atMost) {
    activity.awaitNone(atMost);
  }
}
