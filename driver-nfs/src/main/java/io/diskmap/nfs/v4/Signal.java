package io.diskmap.nfs.v4;

import io.diskmap.Cancellation;
import io.diskmap.StorageException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/** A lock with one condition that waits end with their calls. Thread-safe. */
final class Signal {
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  void lock() {
    lock.lock();
  }

  void unlock() {
    lock.unlock();
  }

  /** Wakes all who wait. */
  void wakeAll() {
    lock.lock();
    try {
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits, holding the lock, until the condition holds; false once the time is over.
   *
   * @throws StorageException the reason why the call ended
   */
  boolean await(BooleanSupplier condition, Patience patience) throws StorageException {
    if (condition.getAsBoolean()) {
      return true;
    }
    try (Cancellation.Registration registration = patience.call().onEnd(this::wakeAll)) {
      while (!condition.getAsBoolean()) {
        if (patience.isOver()) {
          return false;
        }
        changed.await(patience.next().toNanos(), TimeUnit.NANOSECONDS);
      }
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      patience.call().check();
      throw new IllegalStateException("an interrupted call goes on", e);
    }
  }
}
