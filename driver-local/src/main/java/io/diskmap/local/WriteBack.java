package io.diskmap.local;

import java.io.IOException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Makes the system write a staged file to the disk while it still grows, so that little is left to
 * wait for at the commit.
 *
 * <p>Thread-safe. One force at a time runs in the background, after each {@value #STEP} bytes. Its
 * failure belongs to the save: the system reports it once for each open file.
 */
final class WriteBack {
  private static final long STEP = 16 << 20;

  private enum State {
    IDLE,
    QUEUED,
    RUNNING
  }

  private final SharedChannel file;
  private final Executor workers;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition ended = lock.newCondition();
  private State state = State.IDLE;
  private long waiting;
  private @Nullable IOException failure;

  WriteBack(SharedChannel file, Executor workers) {
    this.file = file;
    this.workers = workers;
  }

  /** Notes that so many bytes were written; throws what an earlier force has found. */
  void wrote(int bytes) throws IOException {
    lock.lock();
    try {
      throwFailure();
      waiting += bytes;
      if (waiting < STEP || state != State.IDLE) {
        return;
      }
      waiting = 0;
      state = State.QUEUED;
    } finally {
      lock.unlock();
    }
    try {
      workers.execute(this::run);
    } catch (RejectedExecutionException closing) {
      end(null);
    }
  }

  private void run() {
    lock.lock();
    try {
      if (state != State.QUEUED) {
        return;
      }
      state = State.RUNNING;
    } finally {
      lock.unlock();
    }
    try {
      file.force();
      end(null);
    } catch (IOException e) {
      end(e);
    }
  }

  private void end(@Nullable IOException why) {
    lock.lock();
    try {
      state = State.IDLE;
      if (failure == null) {
        failure = why;
      }
      ended.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Waits until no force runs in the background; one that has not begun is dropped. */
  void finish() throws IOException {
    lock.lock();
    try {
      if (state == State.QUEUED) {
        state = State.IDLE;
      }
      while (state == State.RUNNING) {
        ended.awaitUninterruptibly();
      }
      throwFailure();
    } finally {
      lock.unlock();
    }
  }

  private void throwFailure() throws IOException {
    if (failure != null) {
      throw new IOException(failure.getMessage(), failure);
    }
  }
}
