package io.diskmap.internal.pipeline;

import io.diskmap.ContentWriter;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Runs a {@link ContentWriter} and gives what it writes as a stream: its return is the end, its exception
 * the failure of the stream.
 *
 * <p>The writer runs in a thread of its own and is held back by a bounded ring; the input is for one
 * other thread. Closing makes the writer's next write fail, and waits for its end.
 */
final class WriterThread implements AutoCloseable {
  private static final int CAPACITY = 256 * 1024;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final ByteBuffer ring = ByteBuffer.allocate(CAPACITY);
  private int head;
  private int filled;
  private boolean ended;
  private boolean readerGone;
  private boolean finished;
  private @Nullable Throwable failure;
  private @Nullable Thread thread;

  WriterThread(ContentWriter writer, ExecutorService threads) {
    threads.execute(() -> run(writer));
  }

  private void run(ContentWriter writer) {
    lock.lock();
    try {
      thread = Thread.currentThread();
      if (readerGone) {
        Thread.currentThread().interrupt();
      }
    } finally {
      lock.unlock();
    }
    Throwable thrown = null;
    try (OutputStream out = new Output()) {
      writer.writeTo(out);
    } catch (Throwable e) {
      thrown = e;
    }
    lock.lock();
    try {
      failure = thrown;
      ended = true;
      finished = true;
      thread = null;
      Thread.interrupted();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** What the writer writes; read by one thread. */
  InputStream input() {
    return new Input();
  }

  @Override
  public void close() {
    lock.lock();
    try {
      readerGone = true;
      if (thread != null) {
        thread.interrupt();
      }
      changed.signalAll();
      while (!finished) {
        changed.awaitUninterruptibly();
      }
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
        lock.lock();
        try {
          while (filled == CAPACITY && !readerGone) {
            changed.await();
          }
          if (readerGone) {
            throw new IOException("the save has ended, so nothing more can be written");
          }
          int tail = (head + filled) % CAPACITY;
          int room = Math.min(CAPACITY - filled, CAPACITY - tail);
          int count = Math.min(room, length - done);
          ring.put(tail, source, offset + done, count);
          filled += count;
          done += count;
          changed.signalAll();
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          throw new IOException("the writer was interrupted", e);
        } finally {
          lock.unlock();
        }
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
        throw new IOException("the save was interrupted", e);
      } finally {
        lock.unlock();
      }
    }
  }
}
