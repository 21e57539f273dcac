package io.diskmap.cli;

import java.io.PrintStream;
import java.time.Duration;

/**
 * Progress as a plain line every five seconds, for logs. Used by one thread at a time.
 *
 * <p>A transfer that is over sooner leaves no line.
 */
final class PlainDisplay implements Meter.Display {
  private static final long EVERY_NANOS = Duration.ofSeconds(5).toNanos();

  private final PrintStream err;
  private final String task;
  private final long total;
  private final long start;
  private long last;

  PlainDisplay(PrintStream err, String task, long total) {
    this(err, task, total, System.nanoTime());
  }

  /** A display whose transfer began at this reading of the clock. */
  PlainDisplay(PrintStream err, String task, long total, long start) {
    this.err = err;
    this.task = task;
    this.total = total;
    this.start = start;
    this.last = start;
  }

  @Override
  public void show(long bytes) {
    long now = System.nanoTime();
    if (now - last < EVERY_NANOS) {
      return;
    }
    last = now;
    Duration took = Duration.ofNanos(now - start);
    StringBuilder line = new StringBuilder(task).append(": ").append(Text.human(bytes));
    if (total >= 0) {
      line.append(" of ").append(Text.human(total));
    }
    line.append(", ").append(Text.rate(bytes, took));
    if (total > bytes && bytes > 0) {
      double left = (double) (total - bytes) / bytes * took.toNanos();
      line.append(", ").append(Text.time(Duration.ofNanos((long) left))).append(" left");
    }
    err.println(line);
  }
}
