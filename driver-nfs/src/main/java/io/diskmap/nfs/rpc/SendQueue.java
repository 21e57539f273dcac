package io.diskmap.nfs.rpc;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The records that wait to go out, each as one fragment.
 *
 * <p>Thread-safe. The thread that adds a record writes what fits at once; the rest goes when the
 * connection's own thread finds room. The lock is held for writes that never wait.
 */
final class SendQueue {
  private static final int MAX_GATHER = 64;

  private final Wire wire;
  private final ReentrantLock lock = new ReentrantLock();
  private List<ByteBuffer> waiting = new ArrayList<>();
  private boolean closed;
  private volatile long sent;

  SendQueue(Wire wire) {
    this.wire = wire;
  }

  /** Adds a record and writes what fits; whether all of it went. */
  boolean send(List<ByteBuffer> record) throws IOException {
    int length = 0;
    for (ByteBuffer part : record) {
      length += part.remaining();
    }
    lock.lock();
    try {
      if (closed) {
        throw new ConnectionLostException("the connection is closed", null);
      }
      waiting.add(ByteBuffer.allocate(4).putInt(length | 1 << 31).flip());
      for (ByteBuffer part : record) {
        waiting.add(part.duplicate());
      }
      return drain();
    } finally {
      lock.unlock();
    }
  }

  /** Writes what fits; whether nothing is left. */
  boolean flush() throws IOException {
    lock.lock();
    try {
      return closed || drain();
    } finally {
      lock.unlock();
    }
  }

  /** How many bytes went out so far. */
  long sentBytes() {
    return sent;
  }

  /** Drops what waits; nothing is sent or held afterwards. */
  void close() {
    lock.lock();
    try {
      closed = true;
      waiting.clear();
    } finally {
      lock.unlock();
    }
  }

  private boolean drain() throws IOException {
    int done = 0;
    while (done < waiting.size()) {
      int count = Math.min(MAX_GATHER, waiting.size() - done);
      ByteBuffer[] batch = waiting.subList(done, done + count).toArray(new ByteBuffer[0]);
      long written = wire.write(batch, 0, count);
      sent = sent + written;
      while (done < waiting.size() && !waiting.get(done).hasRemaining()) {
        done++;
      }
      if (written == 0) {
        break;
      }
    }
    waiting = new ArrayList<>(waiting.subList(done, waiting.size()));
    return wire.flush() && waiting.isEmpty();
  }
}
