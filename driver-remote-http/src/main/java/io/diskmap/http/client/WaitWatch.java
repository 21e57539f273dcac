package io.diskmap.http.client;

import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Ends the exchange of a thread that is interrupted, or out of time, while it waits for a socket,
 * which an interrupt by itself does not wake. Thread-safe.
 *
 * <p>One daemon thread looks at the waiting threads every few milliseconds, while there are any: a
 * timer for each wait would wake another thread each time. The interrupt stays set for the caller
 * to see.
 */
final class WaitWatch implements AutoCloseable {
  private static final long LOOK_NANOS = 20_000_000;
  private static final int IDLE_LOOKS = 250;

  private final Runnable alsoLook;
  private final Set<Entry> entries = ConcurrentHashMap.newKeySet();
  private final AtomicReference<@Nullable Thread> watcher = new AtomicReference<>();
  private volatile boolean closed;

  /** A watch that does something else too, each time it looks while a thread waits. */
  WaitWatch(Runnable alsoLook) {
    this.alsoLook = alsoLook;
  }

  /**
   * The calling thread begins to wait; the action ends its exchange.
   *
   * @param latest until when it may wait, by the clock of {@link System#nanoTime}
   */
  Entry enter(Runnable end, OptionalLong latest) {
    Entry entry = new Entry(Thread.currentThread(), end, latest);
    entries.add(entry);
    if (watcher.get() == null && !closed) {
      Thread thread = new Thread(this::look, "diskmap-http-waits");
      thread.setDaemon(true);
      if (watcher.compareAndSet(null, thread)) {
        thread.start();
      }
    }
    return entry;
  }

  private void look() {
    int idle = 0;
    while (!closed) {
      idle = entries.isEmpty() ? idle + 1 : 0;
      if (idle > IDLE_LOOKS) {
        watcher.set(null);
        if (entries.isEmpty() || !watcher.compareAndSet(null, Thread.currentThread())) {
          return;
        }
        idle = 0;
      }
      for (Entry entry : entries) {
        if (entry.mustEnd()) {
          entries.remove(entry);
          entry.end.run();
        }
      }
      alsoLook.run();
      LockSupport.parkNanos(LOOK_NANOS);
    }
  }

  @Override
  public void close() {
    closed = true;
    Thread thread = watcher.get();
    if (thread != null) {
      LockSupport.unpark(thread);
    }
  }

  /** One waiting thread. */
  final class Entry {
    private final Thread thread;
    private final Runnable end;
    private final OptionalLong latest;

    private Entry(Thread thread, Runnable end, OptionalLong latest) {
      this.thread = thread;
      this.end = end;
      this.latest = latest;
    }

    private boolean mustEnd() {
      return thread.isInterrupted()
          || latest.isPresent() && System.nanoTime() - latest.getAsLong() > 0;
    }

    /** The thread waits no longer. */
    void leave() {
      entries.remove(this);
    }
  }
}
