package io.diskmap.smb.wire;

import io.diskmap.Cancellation;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What one connection may have under way: the credits that the server has granted, and a bound on
 * the bytes that travel.
 *
 * <p>Thread-safe. A few credits stay back for the closing of files, which never waits.
 */
final class Credits {
  private static final int RESERVE = 4;
  private static final int TARGET = 512;
  private static final int STEP = 32;

  private final long mostBytes;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private int available;
  private int underWay;
  private long nextId;
  private long bytes;
  private @Nullable IOException ended;

  /** What is left after the log-in. */
  Credits(int available, long nextId, long mostBytes) {
    this.available = available;
    this.nextId = nextId;
    this.mostBytes = mostBytes;
  }

  /** Takes credits for one compound, and answers its first message id. */
  long take(int credits, long payload, Patience patience) throws IOException {
    lock.lock();
    try {
      if (ended == null && isRoom(credits, payload)) {
        return taken(credits, payload);
      }
    } finally {
      lock.unlock();
    }
    try (Cancellation.Registration ending = patience.call().onEnd(this::wake)) {
      lock.lock();
      try {
        while (ended == null && !isRoom(credits, payload)) {
          if (patience.isOver()) {
            throw new NoAnswerException("the server granted no credits in time");
          }
          changed.await(Math.max(1, patience.nextNanos()), TimeUnit.NANOSECONDS);
        }
        if (ended != null) {
          throw new ConnectionLostException("the connection has ended", ended, false);
        }
        return taken(credits, payload);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        patience.call().check();
        throw new IllegalStateException("an interrupted call goes on", e);
      } finally {
        lock.unlock();
      }
    }
  }

  /** Takes credits from the reserve too; negative where there are none at this moment. */
  long takeAtOnce(int credits) {
    lock.lock();
    try {
      return ended == null && available >= credits ? taken(credits, 0) : -1;
    } finally {
      lock.unlock();
    }
  }

  private boolean isRoom(int credits, long payload) {
    int kept = underWay == 0 ? 0 : RESERVE;
    return available >= credits + kept && (bytes == 0 || bytes + payload <= mostBytes);
  }

  private long taken(int credits, long payload) {
    long first = nextId;
    nextId += credits;
    available -= credits;
    underWay += credits;
    bytes += payload;
    return first;
  }

  /** How many credits a request asks for beside those that it costs. */
  int wanted() {
    lock.lock();
    try {
      return available + underWay < TARGET ? STEP : 0;
    } finally {
      lock.unlock();
    }
  }

  /** Takes what the server has granted with an answer. */
  void granted(int credits) {
    lock.lock();
    try {
      available += credits;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Notes that a compound has its answers. */
  void done(int credits, long payload) {
    lock.lock();
    try {
      underWay -= credits;
      bytes -= payload;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** How many credits can be spent at this moment. */
  int available() {
    lock.lock();
    try {
      return available;
    } finally {
      lock.unlock();
    }
  }

  /** Ends all waits. */
  void end(IOException why) {
    lock.lock();
    try {
      if (ended == null) {
        ended = why;
      }
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void wake() {
    lock.lock();
    try {
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
