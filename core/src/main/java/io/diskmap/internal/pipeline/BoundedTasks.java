package io.diskmap.internal.pipeline;

import io.diskmap.ErrorKind;
import io.diskmap.StorageException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Tasks of one job, a bounded number at once; the first failure ends the job.
 *
 * <p>One thread submits and waits. Closing waits for the tasks under way.
 */
final class BoundedTasks implements AutoCloseable {
  /** One task. */
  @FunctionalInterface
  interface Task {
    void run() throws StorageException;
  }

  private final ExecutorService threads;
  private final int parallel;
  private final Semaphore permits;
  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

  BoundedTasks(ExecutorService threads, int parallel) {
    this.threads = threads;
    this.parallel = parallel;
    this.permits = new Semaphore(parallel);
  }

  /** Runs the task when there is room; throws the first failure of an earlier one instead. */
  void submit(Task task) throws StorageException {
    acquire(1);
    boolean handedOver = false;
    try {
      rethrow();
      threads.execute(() -> run(task));
      handedOver = true;
    } finally {
      if (!handedOver) {
        permits.release();
      }
    }
  }

  private void run(Task task) {
    try {
      if (failure.get() == null) {
        task.run();
      }
    } catch (StorageException | RuntimeException | Error e) {
      failure.compareAndSet(null, e);
    } finally {
      permits.release();
    }
  }

  /** Waits for all tasks and throws the first failure. */
  void await() throws StorageException {
    acquire(parallel);
    permits.release(parallel);
    rethrow();
  }

  private void acquire(int count) throws StorageException {
    try {
      permits.acquire(count);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      StorageException cancelled =
          StorageException.of(ErrorKind.CANCELLED, "The calling thread was interrupted.", e);
      failure.compareAndSet(null, cancelled);
      throw cancelled;
    }
  }

  private void rethrow() throws StorageException {
    Throwable first = failure.get();
    if (first instanceof StorageException e) {
      throw e;
    }
    if (first != null) {
      throw StorageException.of(ErrorKind.UNKNOWN, "A part of the job failed.", first);
    }
  }

  @Override
  public void close() {
    failure.compareAndSet(null, new IllegalStateException("the job is over"));
    permits.acquireUninterruptibly(parallel);
    permits.release(parallel);
  }
}
