package io.diskmap.testkit.fault;

import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The line of one connection in one direction: a first-in, first-out queue whose parcels may leave
 * when they are due. One thread puts, another takes.
 *
 * <p>A delay that slept per block would cut throughput to one block per delay. Here each parcel
 * carries its own time of arrival, so any number of them are on the line at once; the byte bound
 * keeps a fast sender from filling the heap.
 */
final class DueQueue {
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final ArrayDeque<Parcel> parcels = new ArrayDeque<>();
  private long bytes;

  /** Adds a parcel, after waiting until the line holds no more than {@code window} bytes. */
  void put(Parcel parcel, long window) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (bytes > 0 && bytes + parcel.size() > window) {
        changed.await();
      }
      parcels.add(parcel);
      bytes += parcel.size();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Adds a parcel without waiting, for what has no size. */
  void add(Parcel parcel) {
    lock.lock();
    try {
      parcels.add(parcel);
      bytes += parcel.size();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Removes the oldest parcel, after waiting until there is one and it is due. */
  Parcel take() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (true) {
        Parcel head = parcels.peek();
        if (head == null) {
          changed.await();
          continue;
        }
        long wait = head.due() - System.nanoTime();
        if (wait <= 0) {
          parcels.remove();
          bytes -= head.size();
          changed.signalAll();
          return head;
        }
        changed.await(wait, TimeUnit.NANOSECONDS);
      }
    } finally {
      lock.unlock();
    }
  }
}
