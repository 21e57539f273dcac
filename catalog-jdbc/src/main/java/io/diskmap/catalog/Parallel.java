package io.diskmap.catalog;

import io.diskmap.ErrorKind;
import io.diskmap.StorageException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Does one thing to many items, several at once. Stateless. After the first failure no further item
 * begins; it is thrown when those under way are over.
 */
final class Parallel {
  private Parallel() {}

  /** What is done to one item. */
  @FunctionalInterface
  interface Body<T> {
    void run(T item) throws StorageException;
  }

  static <T> void forEach(ExecutorService threads, int width, Iterable<T> items, Body<T> body)
      throws StorageException {
    Source<T> source = new Source<>(items.iterator());
    List<Future<?>> workers = new ArrayList<>();
    for (int i = 0; i < width; i++) {
      workers.add(
          threads.submit(
              () -> {
                for (T item = source.next(); item != null; item = source.next()) {
                  body.run(item);
                }
                return null;
              }));
    }
    await(workers, source);
  }

  private static void await(List<Future<?>> workers, Source<?> source) throws StorageException {
    StorageException failure = null;
    boolean interrupted = false;
    for (Future<?> worker : workers) {
      boolean over = false;
      while (!over) {
        try {
          worker.get();
          over = true;
        } catch (CancellationException e) {
          over = true;
        } catch (ExecutionException e) {
          over = true;
          failure = failure == null ? failureOf(e) : failure;
        } catch (InterruptedException e) {
          interrupted = true;
          failure =
              failure == null
                  ? StorageException.of(ErrorKind.CANCELLED, "The caller was interrupted.", e)
                  : failure;
        }
        if (failure != null && !source.ended()) {
          source.end();
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    if (failure != null) {
      throw failure;
    }
  }

  private static StorageException failureOf(ExecutionException e) {
    return e.getCause() instanceof StorageException known
        ? known
        : StorageException.of(ErrorKind.UNKNOWN, "A part of the job failed.", e.getCause());
  }

  /** Hands out the items one by one. Thread-safe. */
  private static final class Source<T> {
    private final ReentrantLock lock = new ReentrantLock();
    private final Iterator<T> items;
    private boolean ended;

    Source(Iterator<T> items) {
      this.items = items;
    }

    @Nullable T next() {
      lock.lock();
      try {
        return ended || !items.hasNext() ? null : items.next();
      } finally {
        lock.unlock();
      }
    }

    void end() {
      lock.lock();
      try {
        ended = true;
      } finally {
        lock.unlock();
      }
    }

    boolean ended() {
      lock.lock();
      try {
        return ended;
      } finally {
        lock.unlock();
      }
    }
  }
}
