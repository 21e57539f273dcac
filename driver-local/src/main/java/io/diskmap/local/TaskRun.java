package io.diskmap.local;

import io.diskmap.StorageException;
import io.diskmap.spi.Call;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Runs tasks that add further tasks, in the caller's thread and a few workers, the latest first.
 *
 * <p>Thread-safe. The caller always takes part, so the job goes on where no worker is free. The
 * first failure that a task throws, or the end of the call, drops what has not begun.
 */
final class TaskRun {
  /** One task. */
  @FunctionalInterface
  interface Task {
    void run() throws StorageException;
  }

  private final Executor workers;
  private final int maxHelpers;
  private final Call call;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Deque<Task> queue = new ArrayDeque<>();
  private int running;
  private int helpers;
  private @Nullable Throwable failure;

  TaskRun(Executor workers, int maxHelpers, Call call) {
    this.workers = workers;
    this.maxHelpers = maxHelpers;
    this.call = call;
  }

  /** Adds a task, also from within one. */
  void add(Task task) {
    boolean help;
    lock.lock();
    try {
      queue.push(task);
      help = helpers < maxHelpers && queue.size() > 1;
      helpers += help ? 1 : 0;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    if (help) {
      try {
        workers.execute(this::help);
      } catch (RejectedExecutionException closing) {
        leave();
      }
    }
  }

  /** How many tasks wait. */
  int waiting() {
    lock.lock();
    try {
      return queue.size();
    } finally {
      lock.unlock();
    }
  }

  /** Works until no task is left, then throws the first failure. */
  void finish() throws StorageException {
    while (true) {
      Task task = takeOrWait();
      if (task == null) {
        break;
      }
      work(task);
    }
    call.check();
    if (failure instanceof StorageException e) {
      throw e;
    }
    if (failure instanceof RuntimeException e) {
      throw e;
    }
    if (failure instanceof Error e) {
      throw e;
    }
  }

  private void help() {
    try {
      for (Task task = take(); task != null; task = take()) {
        work(task);
      }
    } finally {
      leave();
    }
  }

  private void leave() {
    lock.lock();
    try {
      helpers--;
    } finally {
      lock.unlock();
    }
  }

  private void work(Task task) {
    Throwable thrown = null;
    try {
      call.check();
      task.run();
    } catch (StorageException | RuntimeException | Error e) {
      thrown = e;
    }
    lock.lock();
    try {
      running--;
      if (thrown != null) {
        failure = failure == null ? thrown : failure;
        queue.clear();
      }
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private @Nullable Task take() {
    lock.lock();
    try {
      Task task = queue.poll();
      running += task == null ? 0 : 1;
      return task;
    } finally {
      lock.unlock();
    }
  }

  /** Null once nothing waits and nothing runs that could add to it. */
  private @Nullable Task takeOrWait() {
    lock.lock();
    try {
      while (queue.isEmpty() && running > 0) {
        changed.awaitNanos(call.remaining(Duration.ofSeconds(1)).toNanos() + 1);
      }
      Task task = queue.poll();
      running += task == null ? 0 : 1;
      return task;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      queue.clear();
      while (running > 0) {
        changed.awaitUninterruptibly();
      }
      return null;
    } finally {
      lock.unlock();
    }
  }
}
