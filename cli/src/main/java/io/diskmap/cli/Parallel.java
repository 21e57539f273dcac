package io.diskmap.cli;

import io.diskmap.ErrorKind;
import io.diskmap.StorageException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Tasks of one copy, a bounded number at once; the first failure ends the job.
 *
 * <p>One thread submits and waits. Closing waits for the tasks under way.
 */
final class Parallel implements AutoCloseable {
  /** One task. */
  @FunctionalInterface
  interface Task {
    void run() throws StorageException;
  }

  private final int atOnce;
  private final Semaphore permits;
  private final ExecutorService threads;
  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

  Parallel(int atOnce) {
    this.atOnce = atOnce;
    this.permits = new Semaphore(atOnce);
    this.threads = Executors.newFixedThreadPool(atOnce);
  }

  /** Runs the task as soon as there is room; throws the first failure of an earlier one instead. */
  void submit(Task task) throws StorageException {
    permits.acquireUninterruptibly();
    if (failure.get() != null) {
      permits.release();
      rethrow();
    }
    threads.execute(() -> run(task));
  }

  private void run(Task task) {
    try {
      task.run();
    } catch (StorageException | RuntimeException | Error e) {
      failure.compareAndSet(null, e);
    } finally {
      permits.release();
    }
  }

  /** Waits for all tasks and throws the first failure. */
  void await() throws StorageException {
    permits.acquireUninterruptibly(atOnce);
    permits.release(atOnce);
    rethrow();
  }

  private void rethrow() throws StorageException {
    Throwable first = failure.get();
    if (first instanceof StorageException e) {
      throw e;
    }
    if (first != null) {
      throw StorageException.of(ErrorKind.UNKNOWN, "A part of the copy failed.", first);
    }
  }

  @Override
  public void close() {
    permits.acquireUninterruptibly(atOnce);
    permits.release(atOnce);
    threads.shutdown();
  }
}
