package io.diskmap.spi.staged;

import io.diskmap.Cancellation;
import io.diskmap.StorageException;
import io.diskmap.spi.Call;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * How many chunks of one save are under way, and the wait for room and for the last. Thread-safe.
 */
final class ChunkWindow {
  private static final Duration LOOK = Duration.ofSeconds(1);

  private final int most;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private int underWay;

  ChunkWindow(int most) {
    this.most = most;
  }

  /** Waits for room, at most until the call ends. */
  void enter(Call call) throws StorageException {
    await(call, most - 1);
  }

  /** Waits until nothing is under way. */
  void awaitIdle(Call call) throws StorageException {
    await(call, -1);
  }

  private void await(Call call, int atMost) throws StorageException {
    lock.lock();
    try {
      if (underWay <= Math.max(0, atMost)) {
        underWay += atMost < 0 ? 0 : 1;
        return;
      }
    } finally {
      lock.unlock();
    }
    try (Cancellation.Registration ending = call.onEnd(this::wake)) {
      lock.lock();
      try {
        while (underWay > Math.max(0, atMost)) {
          call.check();
          changed.await(call.remaining(LOOK).toNanos(), TimeUnit.NANOSECONDS);
        }
        underWay += atMost < 0 ? 0 : 1;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        call.check();
        throw new IllegalStateException("an interrupted call goes on", e);
      } finally {
        lock.unlock();
      }
    }
  }

  void leave() {
    lock.lock();
    try {
      underWay--;
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
