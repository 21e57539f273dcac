package io.diskmap.testkit.contract;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * Threads that begin at the same moment. For one thread at a time; closing ends its threads and
 * waits for them.
 */
public final class Race implements AutoCloseable {
  /** Beyond what a test may take; its own time limit comes first. */
  private static final long PATIENCE_SECONDS = 1200;

  private final ExecutorService threads;
  private final int count;

  /** A race of this many threads. */
  public Race(int count) {
    this.count = count;
    this.threads = Executors.newFixedThreadPool(count);
  }

  /** What one thread does, by its number. */
  @FunctionalInterface
  public interface Runner<T> {
    /** Does it. */
    T run(int number) throws Exception;
  }

  /** One round: every thread runs once; the results come in the order of the threads. */
  public <T> List<T> round(Runner<T> runner) throws Exception {
    CyclicBarrier start = new CyclicBarrier(count);
    List<Future<T>> futures = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int number = i;
      futures.add(
          threads.submit(
              () -> {
                start.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
                return runner.run(number);
              }));
    }
    List<T> results = new ArrayList<>();
    for (Future<T> future : futures) {
      results.add(future.get(PATIENCE_SECONDS, TimeUnit.SECONDS));
    }
    return results;
  }

  /** Begins one task beside the caller. */
  public <T> Future<T> begin(Callable<T> task) {
    return threads.submit(task);
  }

  @Override
  public void close() throws InterruptedException {
    threads.shutdownNow();
    if (!threads.awaitTermination(30, TimeUnit.SECONDS)) {
      throw new AssertionError("A thread of the race does not end.");
    }
  }
}
