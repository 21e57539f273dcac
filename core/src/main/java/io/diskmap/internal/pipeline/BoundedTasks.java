package io.diskmap.internal.pipeline;

import io.diskmap.ErrorKind;
import io.diskmap.StorageException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Tasks of one job, a bounded number at once; the first failure ends the job.
 *
 * <p>One thread submits and waits. A few tasks wait for a thread that has just done one, so a short
 * task costs no change of threads; tasks that have not begun at a failure never begin. Closing
 * waits for the tasks under way.
 */
final class BoundedTasks implements AutoCloseable {
  /** How many tasks wait for each thread, and how many are left when more are asked for. */
  private static final int WAITING = 8;

  private static final int WAITING_LEFT = 4;

  /** One task. */
  @FunctionalInterface
  interface Task {
    void run() throws StorageException;
  }

  private final ExecutorService threads;
  private final int parallel;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition room = lock.newCondition();
  private final Condition idle = lock.newCondition();

  /** The tasks that have not begun; as all below guarded by the lock. */
  private final Deque<Task> waiting = new ArrayDeque<>();

  private int running;
  private @Nullable Throwable failure;

  BoundedTasks(ExecutorService threads, int parallel) {
    this.threads = threads;
    this.parallel = parallel;
  }

  /** Runs the task when there is room; throws the first failure of an earlier one instead. */
  void submit(Task task) throws StorageException {
    boolean begins;
    lock.lock();
    try {
      while (failure == null && waiting.size() >= parallel * WAITING) {
        room.await();
      }
      rethrow();
      waiting.add(task);
      begins = running < parallel;
      running += begins ? 1 : 0;
    } catch (InterruptedException e) {
      throw cancelled(e);
    } finally {
      lock.unlock();
    }
    if (begins) {
      begin();
    }
  }

  private void begin() {
    boolean begun = false;
    try {
      threads.execute(this::work);
      begun = true;
    } finally {
      if (!begun) {
        lock.lock();
        try {
          waiting.clear();
          ended();
        } finally {
          lock.unlock();
        }
      }
    }
  }

  /** Does one task after the other until none waits. */
  private void work() {
    for (Task task = next(); task != null; task = next()) {
      try {
        task.run();
      } catch (StorageException | RuntimeException | Error e) {
        fail(e);
      }
    }
  }

  private @Nullable Task next() {
    lock.lock();
    try {
      Task next = waiting.poll();
      if (next == null) {
        ended();
      } else if (waiting.size() == parallel * WAITING_LEFT) {
        room.signal();
      }
      return next;
    } finally {
      lock.unlock();
    }
  }

  private void ended() {
    running--;
    if (running == 0) {
      idle.signalAll();
    }
  }

  private void fail(Throwable why) {
    lock.lock();
    try {
      if (failure == null) {
        failure = why;
      }
      waiting.clear();
      room.signal();
    } finally {
      lock.unlock();
    }
  }

  /** Waits for all tasks and throws the first failure. */
  void await() throws StorageException {
    lock.lock();
    try {
      while (running > 0) {
        idle.await();
      }
      rethrow();
    } catch (InterruptedException e) {
      throw cancelled(e);
    } finally {
      lock.unlock();
    }
  }

  private StorageException cancelled(InterruptedException e) {
    Thread.currentThread().interrupt();
    StorageException cancelled =
        StorageException.of(ErrorKind.CANCELLED, "The calling thread was interrupted.", e);
    fail(cancelled);
    return cancelled;
  }

  private void rethrow() throws StorageException {
    Throwable first = failure;
    if (first instanceof StorageException e) {
      throw e;
    }
    if (first != null) {
      throw StorageException.of(ErrorKind.UNKNOWN, "A part of the job failed.", first);
    }
  }

  @Override
  public void close() {
    fail(new IllegalStateException("the job is over"));
    lock.lock();
    try {
      while (running > 0) {
        idle.awaitUninterruptibly();
      }
    } finally {
      lock.unlock();
    }
  }
}
