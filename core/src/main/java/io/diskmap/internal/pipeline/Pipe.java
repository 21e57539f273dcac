package io.diskmap.internal.pipeline;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Bounded memory between one thread that writes a content and one that saves it.
 *
 * <p>The writer ends it with {@link #end} or {@link #fail}; the reader that goes away makes the
 * next write fail, so that neither waits for the other for ever.
 */
final class Pipe {
  private static final int CAPACITY = 256 * 1024;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final ByteBuffer ring = ByteBuffer.allocate(CAPACITY);
  private int head;
  private int filled;
  private boolean ended;
  private boolean readerGone;
  private @Nullable Throwable failure;

  /** The writing side. */
  OutputStream output() {
    return new Output();
  }

  /** The reading side. */
  InputStream input() {
    return new Input();
  }

  /** Ends the content: what was written is all. */
  void end() {
    finish(null);
  }

  /** Makes the content fail: the reader gets this as the failure of its source. */
  void fail(Throwable why) {
    finish(why);
  }

  private void finish(@Nullable Throwable why) {
    lock.lock();
    try {
      if (!ended) {
        failure = why;
        ended = true;
        changed.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Tells the writer that nobody reads any more. */
  void abandon() {
    lock.lock();
    try {
      readerGone = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private final class Output extends OutputStream {
    private final byte[] single = new byte[1];

    @Override
    public void write(int value) throws IOException {
      single[0] = (byte) value;
      write(single, 0, 1);
    }

    @Override
    public void write(byte[] source, int offset, int length) throws IOException {
      int done = 0;
      while (done < length) {
        done += writeSome(source, offset + done, length - done);
      }
    }

    private int writeSome(byte[] source, int offset, int length) throws IOException {
      lock.lock();
      try {
        while (filled == CAPACITY && !readerGone && !ended) {
          changed.await();
        }
        if (readerGone || ended) {
          throw new IOException("the save has ended, so nothing more can be written");
        }
        int tail = (head + filled) % CAPACITY;
        int room = Math.min(CAPACITY - filled, CAPACITY - tail);
        int count = Math.min(room, length);
        ring.put(tail, source, offset, count);
        filled += count;
        changed.signalAll();
        return count;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException("the writing thread was interrupted", e);
      } finally {
        lock.unlock();
      }
    }
  }

  private final class Input extends InputStream {
    private final byte[] single = new byte[1];

    @Override
    public int read() throws IOException {
      return read(single, 0, 1) < 0 ? -1 : single[0] & 0xFF;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      lock.lock();
      try {
        while (filled == 0 && !ended) {
          changed.await();
        }
        Throwable thrown = failure;
        if (thrown != null) {
          throw thrown instanceof IOException io ? io : new IOException(thrown);
        }
        if (filled == 0) {
          return -1;
        }
        int count = Math.min(length, Math.min(filled, CAPACITY - head));
        ring.get(head, target, offset, count);
        head = (head + count) % CAPACITY;
        filled -= count;
        changed.signalAll();
        return count;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException("the saving thread was interrupted", e);
      } finally {
        lock.unlock();
      }
    }
  }
}
