package io.diskmap.smb.wire;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The memory in which requests are put together and wait to go out.
 *
 * <p>Thread-safe. Large buffers are outside the heap and kept for reuse.
 */
public final class FrameBuffers {
  private static final int SMALL = 16 * 1024;
  private static final int KEPT = 12;

  private final int largest;
  private final ReentrantLock lock = new ReentrantLock();
  private final Deque<ByteBuffer> idle = new ArrayDeque<>();

  /** Buffers for up to this many bytes of content, and what belongs to them. */
  public FrameBuffers(int largestContent) {
    this.largest = largestContent + SMALL;
  }

  ByteBuffer take(int length) {
    if (length <= SMALL || length > largest) {
      return ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    }
    ByteBuffer reused;
    lock.lock();
    try {
      reused = idle.pollLast();
    } finally {
      lock.unlock();
    }
    ByteBuffer buffer = reused == null ? ByteBuffer.allocateDirect(largest) : reused.clear();
    return buffer.order(ByteOrder.LITTLE_ENDIAN).limit(length);
  }

  void giveBack(ByteBuffer buffer) {
    if (!buffer.isDirect()) {
      return;
    }
    lock.lock();
    try {
      if (idle.size() < KEPT) {
        idle.addLast(buffer);
      }
    } finally {
      lock.unlock();
    }
  }
}
