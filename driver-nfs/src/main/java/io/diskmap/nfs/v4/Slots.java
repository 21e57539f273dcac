package io.diskmap.nfs.v4;

import io.diskmap.StorageException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/**
 * The slots of one session: each takes one request at a time and counts them.
 *
 * <p>Thread-safe. A slot whose request was not answered keeps its number, so that a repeat is
 * recognised by the server; it comes back once an answer told that the number is used up.
 */
final class Slots {
  /** One slot; whoever holds it is the only one who reads and changes it. */
  static final class Slot {
    final int index;
    int sequence = 1;

    private Slot(int index) {
      this.index = index;
    }
  }

  private final Signal signal = new Signal();
  private final Deque<Slot> free = new ArrayDeque<>();
  private final int count;
  private int taken;
  private int lost;
  private int limit;
  private boolean closed;

  Slots(int count) {
    this.count = count;
    this.limit = count;
    for (int i = 0; i < count; i++) {
      free.add(new Slot(i));
    }
  }

  /** The highest index there is. */
  int highest() {
    return count - 1;
  }

  /** A free slot; empty once the session is over or the time is. */
  Optional<Slot> take(Patience patience) throws StorageException {
    signal.lock();
    try {
      signal.await(() -> closed || isFree(), patience);
      return closed || !isFree() ? Optional.empty() : Optional.of(takeFirst());
    } finally {
      signal.unlock();
    }
  }

  /** A free slot, if there is one at this moment. */
  Optional<Slot> tryTake() {
    signal.lock();
    try {
      return closed || !isFree() ? Optional.empty() : Optional.of(takeFirst());
    } finally {
      signal.unlock();
    }
  }

  /** Gives a slot back. */
  void give(Slot slot) {
    signal.lock();
    try {
      taken--;
      free.addFirst(slot);
    } finally {
      signal.unlock();
    }
    signal.wakeAll();
  }

  /** Gives up a slot whose count differs from the server's; whether any is left. */
  boolean lose() {
    signal.lock();
    try {
      taken--;
      lost++;
      return lost < count;
    } finally {
      signal.unlock();
    }
  }

  /** Uses no more than this many at once, as the server asks. */
  void limit(long most) {
    signal.lock();
    try {
      limit = (int) Math.max(1, Math.min(count, most));
    } finally {
      signal.unlock();
    }
  }

  /** Ends the session: nobody gets a slot any more. */
  void close() {
    signal.lock();
    try {
      closed = true;
    } finally {
      signal.unlock();
    }
    signal.wakeAll();
  }

  private boolean isFree() {
    return !free.isEmpty() && taken < limit;
  }

  private Slot takeFirst() {
    taken++;
    return free.removeFirst();
  }
}
