package io.diskmap.local;

import io.diskmap.local.UploadRecord.ChunkEntry;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Which places of staged files somebody writes a chunk to right now, in this process. Thread-safe.
 *
 * <p>A chunk may be sent a second time while the first sending is still under way, above all when a
 * connection has died and only one side knows. Both have the same place, so that neither writes
 * over what the other has staged already.
 */
final class ChunkPlaces {
  private record Key(String upload, long index) {}

  private final Map<Key, Place> places = new ConcurrentHashMap<>();

  /** Enters the place of a chunk; to be left by closing. */
  Place enter(String upload, long index) {
    Key key = new Key(upload, index);
    return Objects.requireNonNull(
        places.compute(key, (k, there) -> (there == null ? new Place(k) : there).entered()));
  }

  /** A place for one chunk, as long as anybody writes to it. */
  final class Place implements AutoCloseable {
    /** Held for one write, and for the look at the record before it. */
    final ReentrantLock lock = new ReentrantLock();

    private final Key key;

    /** What is staged here and perhaps not recorded yet; guarded by the lock. */
    Optional<ChunkEntry> staged = Optional.empty();

    /** Changed by the map's compute only. */
    private int users;

    private volatile boolean shared;

    private Place(Key key) {
      this.key = key;
    }

    private Place entered() {
      users++;
      shared |= users > 1;
      return this;
    }

    /** Whether bytes of somebody else may lie here. */
    boolean isShared() {
      return shared;
    }

    @Override
    public void close() {
      places.compute(key, (k, there) -> --users == 0 ? null : this);
    }
  }
}
