package io.diskmap.local;

import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Makes the names in directories durable, once for all savers that wait for the same directory.
 *
 * <p>Thread-safe. A sync covers every change that was made before it began; so who comes while one
 * runs waits for the next one, which one of those who wait does for all. Where a sync fails, each
 * of them tries for itself, because the system tells the failure to each open directory once.
 */
final class NameSyncs {
  private final Map<Object, Group> groups = new ConcurrentHashMap<>();

  /** Returns once the names that are in the directory now are durable. */
  void sync(Dir directory) throws IOException {
    Object key = directory.self().key();
    Group group =
        groups.compute(
            key,
            (same, present) -> {
              Group joined = present == null ? new Group() : present;
              joined.members++;
              return joined;
            });
    try {
      if (!group.leadOrFollow()) {
        return;
      }
      boolean done = false;
      try {
        directory.sync();
        done = true;
      } finally {
        group.end(done);
      }
    } finally {
      groups.compute(key, (same, present) -> --group.members == 0 ? null : present);
    }
  }

  /** The savers that are in one directory at a time. */
  private static final class Group {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition ended = lock.newCondition();
    private boolean running;
    private long begun;
    private long succeeded;

    /** Guarded by the map. */
    private int members;

    /** True where the caller is to do the sync, false once another has done one for it. */
    boolean leadOrFollow() {
      lock.lock();
      try {
        long wanted = begun + 1;
        while (running) {
          ended.awaitUninterruptibly();
          if (succeeded >= wanted) {
            return false;
          }
        }
        running = true;
        begun++;
        return true;
      } finally {
        lock.unlock();
      }
    }

    void end(boolean done) {
      lock.lock();
      try {
        running = false;
        if (done) {
          succeeded = begun;
        }
        ended.signalAll();
      } finally {
        lock.unlock();
      }
    }
  }
}
