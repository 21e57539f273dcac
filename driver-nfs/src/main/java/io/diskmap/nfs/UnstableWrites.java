package io.diskmap.nfs;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The writes to one file that the server has taken and need not have on stable storage yet.
 *
 * <p>Thread-safe. Each is kept with the server's mark of its memory and the CRC-32C of its bytes, so
 * that after a restart of the server it shows which of them are still there.
 */
final class UnstableWrites {
  /**
   * One write.
   *
   * @param offset of its first byte
   * @param length how many bytes
   * @param crc of them
   * @param verifier the server's mark when it took them
   */
  record Write(long offset, int length, int crc, long verifier) {}

  private final ReentrantLock lock = new ReentrantLock();
  private final List<Write> writes = new ArrayList<>();

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
