package io.diskmap.internal.pipeline;

import io.diskmap.ErrorKind;
import io.diskmap.StorageException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Writes blocks to a channel in the order they come, on another thread, so that the next block is
 * fetched while one is written; a short content is written by the caller itself.
 *
 * <p>For one thread that fills the blocks. Once it is closed, nothing writes to the channel.
 */
final class WriteBehind implements AutoCloseable {
  private static final int BLOCK = 512 * 1024;
  private static final int BLOCKS = 3;

  /** Up to here a block on the heap costs less than one outside. */
  private static final int SMALL = 64 * 1024;

  /** From this length on the memory and the second thread are worth it. */
  static final long LONG = 8L << 20;

  private final WritableByteChannel target;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  /** The blocks to fill; as all below guarded by the lock. */
  private final Deque<ByteBuffer> empty = new ArrayDeque<>(BLOCKS);

  private final Deque<ByteBuffer> filled = new ArrayDeque<>(BLOCKS);

  /** Whether another thread writes. */
  private boolean working;

  private boolean ended;
  private @Nullable Throwable failure;

  private WriteBehind(WritableByteChannel target) {
    this.target = target;
  }

  /** Begins for a content of so many bytes. */
  static WriteBehind of(WritableByteChannel target, long bytes, Executor workers) {
    WriteBehind behind = new WriteBehind(target);
    behind.begin(bytes, workers);
    return behind;
  }

  private void begin(long bytes, Executor workers) {
    lock.lock();
    try {
      working = bytes >= LONG && isRun(workers);
      int size = (int) Math.min(BLOCK, Math.max(1, bytes));
      for (int i = 0; i < (working ? BLOCKS : 1); i++) {
        empty.add(size <= SMALL ? ByteBuffer.allocate(size) : ByteBuffer.allocateDirect(size));
      }
    } finally {
      lock.unlock();
    }
  }

  private boolean isRun(Executor workers) {
    try {
      workers.execute(this::work);
      return true;
    } catch (RejectedExecutionException closing) {
      return false; // the caller writes what still comes
    }
  }

  /**
   * An empty block to fill, once there is one.
   *
   * @throws IOException what the channel has met so far
   */
  ByteBuffer block() throws IOException {
    lock.lock();
    try {
      while (empty.isEmpty() && failure == null) {
        changed.await();
      }
      rethrow();
      return empty.remove();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw StorageException.of(ErrorKind.CANCELLED, "The calling thread was interrupted.", e);
    } finally {
      lock.unlock();
    }
  }

  /** Takes a filled block, ready to be read; what the channel meets is told later. */
  void write(ByteBuffer block) {
    lock.lock();
    try {
      filled.add(block);
      changed.signalAll();
      if (working) {
        return;
      }
    } finally {
      lock.unlock();
    }
    writeFilled();
  }

  /**
   * Waits until every block is written.
   *
   * @throws IOException what the channel has met
   */
  void finish() throws IOException {
    close();
    lock.lock();
    try {
      rethrow();
    } finally {
      lock.unlock();
    }
  }

  /** Waits until every block is written, or the channel has failed, whatever interrupts. */
  @Override
  public void close() {
    lock.lock();
    try {
      ended = true;
      changed.signalAll();
      while (working) {
        changed.awaitUninterruptibly();
      }
    } finally {
      lock.unlock();
    }
  }

  private void work() {
    try {
      while (waitForFilled()) {
        writeFilled();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      fail(e);
    } finally {
      stop();
    }
  }

  /** False at the end. */
  private boolean waitForFilled() throws InterruptedException {
    lock.lock();
    try {
      while (filled.isEmpty() && !ended) {
        changed.await();
      }
      return !filled.isEmpty();
    } finally {
      lock.unlock();
    }
  }

  private void writeFilled() {
    for (ByteBuffer block = nextFilled(); block != null; block = nextFilled()) {
      try {
        while (block.hasRemaining()) {
          target.write(block);
        }
      } catch (IOException | RuntimeException e) {
        fail(e);
      }
      giveBack(block);
    }
  }

  /** Nothing after a failure, so that no block follows one that is missing. */
  private @Nullable ByteBuffer nextFilled() {
    lock.lock();
    try {
      if (failure != null) {
        filled.clear();
      }
      return filled.poll();
    } finally {
      lock.unlock();
    }
  }

  private void giveBack(ByteBuffer block) {
    lock.lock();
    try {
      empty.add(block.clear());
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void fail(Throwable why) {
    lock.lock();
    try {
      failure = why;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void stop() {
    lock.lock();
    try {
      working = false;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void rethrow() throws IOException {
    if (failure != null) {
      throw failure instanceof IOException io ? io : new IOException(failure);
    }
  }
}
