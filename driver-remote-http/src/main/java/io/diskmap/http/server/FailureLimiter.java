package io.diskmap.http.server;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Counts refused keys by address, so that guessing is slowed down. Thread-safe; remembers a bounded
 * number of addresses. A valid key is never refused for the failures of its neighbours.
 */
final class FailureLimiter {
  private static final int ALLOWED = 20;
  private static final int ADDRESSES = 10_000;
  private static final long WINDOW_NANOS = Duration.ofMinutes(1).toNanos();

  private final ReentrantLock lock = new ReentrantLock();
  private final Map<String, Window> windows =
      new LinkedHashMap<>(64, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Window> eldest) {
          return size() > ADDRESSES;
        }
      };

  /** Notes one more refused key; true once the address has had too many within the minute. */
  boolean isTooMany(String address) {
    long now = System.nanoTime();
    lock.lock();
    try {
      Window window = windows.computeIfAbsent(address, a -> new Window(now));
      if (now - window.start > WINDOW_NANOS) {
        window.start = now;
        window.failures = 0;
      }
      return ++window.failures > ALLOWED;
    } finally {
      lock.unlock();
    }
  }

  private static final class Window {
    private long start;
    private int failures;

    Window(long start) {
      this.start = start;
    }
  }
}
