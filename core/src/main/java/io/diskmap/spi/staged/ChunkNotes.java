package io.diskmap.spi.staged;

import io.diskmap.spi.staged.UploadRecord.ChunkEntry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The chunks that are written and not yet in the record, so that several go there with one write.
 * Thread-safe.
 */
final class ChunkNotes {
  private static final int MANY = 16;
  private static final long OLD_NANOS = Duration.ofSeconds(1).toNanos();

  /**
   * Chunks that follow one another.
   *
   * @param first the index of the first one
   * @param entries of all
   */
  record Run(long first, List<ChunkEntry> entries) {}

  private final ReentrantLock lock = new ReentrantLock();
  private final TreeMap<Long, ChunkEntry> waiting = new TreeMap<>();
  private long lastTaken = System.nanoTime() - OLD_NANOS;

  /** Adds one; whether those that wait are many, or the record is out of date for a while. */
  boolean add(long index, ChunkEntry entry) {
    lock.lock();
    try {
      waiting.put(index, entry);
      return waiting.size() >= MANY || System.nanoTime() - lastTaken >= OLD_NANOS;
    } finally {
      lock.unlock();
    }
  }

  /** Takes some out; empty where none wait. */
  Optional<Run> take() {
    lock.lock();
    try {
      if (waiting.isEmpty()) {
        return Optional.empty();
      }
      lastTaken = System.nanoTime();
      long first = waiting.firstKey();
      List<ChunkEntry> entries = new ArrayList<>();
      for (ChunkEntry entry = waiting.remove(first);
          entry != null;
          entry = waiting.remove(first + entries.size())) {
        entries.add(entry);
      }
      return Optional.of(new Run(first, entries));
    } finally {
      lock.unlock();
    }
  }
}
