package io.diskmap.s3;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The exchanges that end together, of one writer or of a whole disk. Thread-safe. */
final class S3Exchanges {
  private final Set<S3Exchange> open = ConcurrentHashMap.newKeySet();
  private volatile boolean ended;

  void add(S3Exchange exchange) {
    open.add(exchange);
    if (ended) {
      exchange.abort();
    }
  }

  void remove(S3Exchange exchange) {
    open.remove(exchange);
  }

  boolean isEnded() {
    return ended;
  }

  /** Aborts those that are open and all that come. */
  void end() {
    ended = true;
    open.forEach(S3Exchange::abort);
  }
}
