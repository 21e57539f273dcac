package io.diskmap.http.client;

import java.nio.ByteBuffer;
import java.util.Deque;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.Semaphore;

/**
 * The bounded memory into which the downloads of one disk read ahead. Thread-safe. Nobody waits for
 * it: a download that gets none reads in one stream.
 */
final class ReadAheadBuffers {
  /** How many bytes one buffer holds: one range of a download. */
  static final int SIZE = 1024 * 1024;

  private static final int ALL = 24;

  private final Semaphore free = new Semaphore(ALL);
  private final Deque<ByteBuffer> idle = new ConcurrentLinkedDeque<>();

  /** Reserves up to this many buffers; says how many. */
  int reserve(int wanted) {
    int got = 0;
    while (got < wanted && free.tryAcquire()) {
      got++;
    }
    return got;
  }

  /** Gives reserved buffers back that were not taken. */
  void release(int count) {
    free.release(count);
  }

  /** Takes one of the reserved buffers. */
  ByteBuffer take() {
    ByteBuffer buffer = idle.pollLast();
    return buffer == null ? ByteBuffer.allocateDirect(SIZE) : buffer.clear();
  }

  /** Puts a buffer back; it stays reserved. */
  void putBack(ByteBuffer buffer) {
    idle.addLast(buffer);
  }
}
