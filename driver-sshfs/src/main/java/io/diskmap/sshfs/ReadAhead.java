package io.diskmap.sshfs;

import java.util.concurrent.atomic.AtomicLong;

/**
 * How much all readers of a disk together have asked for beyond what each needs next. Thread-safe.
 */
final class ReadAhead {
  private static final long MOST = 24L << 20;

  private final AtomicLong taken = new AtomicLong();

  /** Takes room for this many bytes, where there is any. */
  boolean take(int bytes) {
    if (taken.addAndGet(bytes) <= MOST) {
      return true;
    }
    taken.addAndGet(-bytes);
    return false;
  }

  void giveBack(int bytes) {
    taken.addAndGet(-bytes);
  }
}
