package io.diskmap.cli;

import io.diskmap.Progress;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * Shows how far a transfer of one file or of many is. Thread-safe.
 *
 * <p>A thread moves one file after the other, so what it reports less than before begins a new
 * file.
 */
final class Meter implements Consumer<Progress>, AutoCloseable {
  /** How progress is shown. */
  enum Style {
    /** A bar on a terminal, lines otherwise. */
    AUTO,
    /** A bar that is redrawn. */
    BAR,
    /** A line now and then. */
    PLAIN,
    /** Nothing. */
    NONE
  }

  /** Where progress is drawn; called by one thread at a time. */
  @FunctionalInterface
  interface Display extends AutoCloseable {
    /** Shows that this many bytes moved so far. */
    void show(long bytes);

    @Override
    default void close() {}
  }

  private final Display display;
  private final ReentrantLock drawing = new ReentrantLock();
  private final AtomicLong bytes = new AtomicLong();
  private final Map<Thread, Long> before = new ConcurrentHashMap<>();

  /** A meter that is drawn there. */
  Meter(Display display) {
    this.display = display;
  }

  /** A meter for this many bytes; -1 where nobody knows. */
  static Meter of(Terminal terminal, Style style, String task, long total) {
    Style chosen = style;
    if (chosen == Style.AUTO) {
      chosen = terminal.interactive() ? Style.BAR : Style.PLAIN;
    }
    Display display =
        switch (chosen) {
          case BAR -> new BarDisplay(terminal, task, total);
          case PLAIN -> new PlainDisplay(terminal.err(), task, total);
          default -> bytes -> {};
        };
    return new Meter(display);
  }

  @Override
  public void accept(Progress progress) {
    boolean ended =
        progress.total().isPresent() && progress.bytes() >= progress.total().getAsLong();
    Thread thread = Thread.currentThread();
    long last = before.getOrDefault(thread, 0L);
    long step = progress.bytes() >= last ? progress.bytes() - last : progress.bytes();
    if (ended) {
      before.remove(thread);
    } else {
      before.put(thread, progress.bytes());
    }
    show(bytes.addAndGet(step));
  }

  /** Counts bytes that moved without a report of their own. */
  void add(long count) {
    show(bytes.addAndGet(count));
  }

  private void show(long total) {
    if (drawing.tryLock()) {
      try {
        display.show(total);
      } finally {
        drawing.unlock();
      }
    }
  }

  @Override
  public void close() {
    drawing.lock();
    try {
      display.show(bytes.get());
      display.close();
    } finally {
      drawing.unlock();
    }
  }
}
