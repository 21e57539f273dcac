package io.diskmap.http.client;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Ends the exchange of a thread that is interrupted while it waits for a socket, which an interrupt
 * by itself does not wake. Thread-safe.
 *
 * <p>One daemon thread looks at the waiting threads every few milliseconds, while there are any.
 * The interrupt stays set for the caller to see.
 */
final class InterruptWatch implements AutoCloseable {
  private static final long LOOK_NANOS = 20_000_000;
  private static final int IDLE_LOOKS = 250;

  private final Runnable alsoLook;
  private final Set<Entry> entries = ConcurrentHashMap.newKeySet();
  private final AtomicReference<@Nullable Thread> watcher = new AtomicReference<>();
  private volatile boolean closed;

  /** A watch that does something else too, each time it looks while a thread waits. */
  InterruptWatch(Runnable alsoLook) {
    this.alsoLook = alsoLook;
  }

  /** The calling thread begins to wait; the action ends its exchange. */
  Entry enter(Runnable end) {
    Entry entry = new Entry(Thread.currentThread(), end);
    entries.add(entry);
    if (watcher.get() == null && !closed) {
      Thread thread = new Thread(this::look, "diskmap-http-interrupts");
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
        if (entry.thread.isInterrupted()) {
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

    private Entry(Thread thread, Runnable end) {
      this.thread = thread;
      this.end = end;
    }

    /** The thread waits no longer. */
    void leave() {
      entries.remove(this);
    }
  }
}
