package io.diskmap.nfs;

import io.diskmap.nfs.v4.FileHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The writes to one file that the server has taken and need not have on stable storage yet.
 *
 * <p>Thread-safe. Each is kept with the server's mark of its memory and the CRC-32C of its bytes,
 * so that after a restart of the server it shows which of them are still there.
 */
final class UnstableWrites {
  /**
   * One write.
   *
   * @param offset of its first byte
   * @param length how many bytes
   * @param crc of them
   * @param taken the run of the server that took them
   */
  record Write(long offset, int length, int crc, Run taken) {}

  /**
   * One run of the server: as it marks its memory, and as this client has met it. Some servers mark
   * two runs within one second alike.
   *
   * @param verifier the server's mark
   * @param acquaintance how often the server did not know the client
   */
  record Run(long verifier, long acquaintance) {}

  /**
   * The writes of all open files of a disk, by handle: a file that is opened anew in the middle of
   * a save goes on with those of its predecessor. Thread-safe.
   */
  static final class Share {
    private record Use(UnstableWrites writes, int count) {}

    private final ConcurrentHashMap<FileHandle, Use> uses = new ConcurrentHashMap<>();

    /** The writes to a file, until as many calls of {@link #leave}. */
    UnstableWrites of(FileHandle handle) {
      return uses.compute(
              handle,
              (key, use) ->
                  use == null
                      ? new Use(new UnstableWrites(), 1)
                      : new Use(use.writes(), use.count() + 1))
          .writes();
    }

    void leave(FileHandle handle) {
      uses.computeIfPresent(
          handle, (key, use) -> use.count() == 1 ? null : new Use(use.writes(), use.count() - 1));
    }
  }

  private final ReentrantLock lock = new ReentrantLock();
  private final ReentrantLock syncing = new ReentrantLock();
  private final List<Write> writes = new ArrayList<>();

  /** Begins a commit; one at a time, which the others wait for. */
  void beginSync() {
    syncing.lock();
  }

  void endSync() {
    syncing.unlock();
  }

  /** Keeps one; how many there are. */
  int add(Write write) {
    lock.lock();
    try {
      writes.add(write);
      return writes.size();
    } finally {
      lock.unlock();
    }
  }

  /** All that there are. */
  List<Write> all() {
    lock.lock();
    try {
      return List.copyOf(writes);
    } finally {
      lock.unlock();
    }
  }

  /** Forgets the first ones, which are on stable storage. */
  void forget(List<Write> settled) {
    lock.lock();
    try {
      writes.subList(0, Math.min(settled.size(), writes.size())).clear();
    } finally {
      lock.unlock();
    }
  }
}
