package io.diskmap.s3;

import io.diskmap.Cancellation;
import io.diskmap.ErrorKind;
import io.diskmap.StorageException;
import io.diskmap.spi.Call;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Waits for work on other threads. Stateless. */
final class S3Tasks {
  private S3Tasks() {}

  /** Waits until all have ended, in whichever way. */
  static void await(List<? extends Future<?>> tasks) {
    for (Future<?> task : tasks) {
      try {
        task.get();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      } catch (ExecutionException | CancellationException e) {
        continue;
      }
    }
  }

  /** Waits until all have ended and throws the first failure. */
  static void join(List<? extends Future<?>> tasks, Call call) throws StorageException {
    StorageException first = null;
    for (Future<?> task : tasks) {
      try {
        get(task, call);
      } catch (StorageException e) {
        first = first == null ? e : first;
      }
    }
    if (first != null) {
      throw first;
    }
  }

  /**
   * Waits for work that the store does at its own pace, so that the call does not count as stalled.
   */
  static <T> T patiently(Future<T> task, Call call) throws StorageException {
    Cancellation.Registration registration = call.onEnd(() -> task.cancel(true));
    try {
      while (!task.isDone()) {
        try {
          task.get(1, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
          call.progressed();
        } catch (ExecutionException e) {
          break;
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          break;
        }
      }
      return get(task, call);
    } catch (CancellationException e) {
      call.check();
      throw StorageException.of(ErrorKind.CANCELLED, "The call was ended.", e);
    } finally {
      registration.close();
    }
  }

  /** What a task gives; its own failure where it fails. */
  static <T extends @Nullable Object> T get(Future<T> task, Call call) throws StorageException {
    try {
      return task.get();
    } catch (InterruptedException e) {
      task.cancel(true);
      Thread.currentThread().interrupt();
      call.check();
      throw StorageException.of(ErrorKind.CANCELLED, "The calling thread was interrupted.", e);
    } catch (ExecutionException e) {
      Throwable cause = e.getCause();
      if (cause instanceof StorageException failure) {
        throw failure;
      }
      if (cause instanceof RuntimeException | cause instanceof Error) {
        throw new IllegalStateException("a task of the S3 driver failed", cause);
      }
      throw StorageException.of(ErrorKind.UNKNOWN, "A task of the S3 driver failed.", cause);
    }
  }
}
