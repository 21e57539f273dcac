package io.diskmap.local;

import java.nio.file.ClosedDirectoryStreamException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * An open directory's number in the system, which is given back once it is closed and nobody is
 * using it any more.
 *
 * <p>Thread-safe. The system hands a number out again as soon as it is free, so each use holds it.
 */
final class Descriptor {
  /** One for being open, and one for each use. */
  private final AtomicInteger holders = new AtomicInteger(1);

  private final AtomicInteger open = new AtomicInteger(1);
  private final int number;

  Descriptor(int number) {
    this.number = number;
  }

  /** Holds the number until {@link #leave}; refuses a directory that is closed. */
  int enter() {
    if (open.get() == 0 || holders.getAndUpdate(n -> n == 0 ? 0 : n + 1) == 0) {
      throw new ClosedDirectoryStreamException();
    }
    return number;
  }

  void leave() {
    if (holders.decrementAndGet() == 0) {
      SystemCalls.close(number);
    }
  }

  void close() {
    if (open.getAndSet(0) == 1) {
      leave();
    }
  }
}
