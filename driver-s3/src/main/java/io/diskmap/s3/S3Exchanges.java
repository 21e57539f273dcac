package io.diskmap.s3;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** The exchanges that end together, of one writer or of a whole disk. Thread-safe. */
final class S3Exchanges {
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition fewer = lock.newCondition();
  private final Set<S3Exchange> open = new HashSet<>();
  private volatile boolean ended;

  void add(S3Exchange exchange) {
    lock.lock();
    try {
      open.add(exchange);
    } finally {
      lock.unlock();
    }
    if (ended) {
      exchange.abort();
    }
  }

  void remove(S3Exchange exchange) {
    lock.lock();
    try {
      open.remove(exchange);
      fewer.signalAll();
    } finally {
      lock.unlock();
    }
  }

  boolean isEnded() {
    return ended;
  }

  /** Aborts those that are open and all that come. */
  void end() {
    ended = true;
    open().forEach(S3Exchange::abort);
  }

  private List<S3Exchange> open() {
    lock.lock();
    try {
      return List.copyOf(open);
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits until those that were aborted have left the line, or the time is up: a connection that is
   * just being made would outlive the client otherwise.
   */
  void awaitNone(Duration atMost) {
    long left = atMost.toNanos();
    lock.lock();
    try {
      while (!open.isEmpty() && left > 0) {
        left = fewer.awaitNanos(left);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      lock.unlock();
    }
  }
}
