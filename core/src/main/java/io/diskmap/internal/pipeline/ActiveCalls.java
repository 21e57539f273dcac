package io.diskmap.internal.pipeline;

import io.diskmap.ErrorKind;
import io.diskmap.StorageException;
import io.diskmap.spi.Call;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The calls under way in one manager, and the thread that ends those that stall or run out of time.
 *
 * <p>Thread-safe. The watching thread looks at every call some twenty times a second while there is
 * one and for a second after, so that calls in a row need not wake it, and sleeps otherwise; it
 * runs the drivers' end hooks, which are short.
 */
public final class ActiveCalls implements AutoCloseable {
  private static final long TICK_MILLIS = 50;
  private static final int TICKS_AWAKE = 20;
  private static final Duration LAST_WAIT = Duration.ofSeconds(5);

  private final Map<Call, Operation> calls = new ConcurrentHashMap<>();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final RecordedUploads recordedUploads = new RecordedUploads();
  private @Nullable Thread watcher;

  /** Whether nobody looks before the next call comes; changed holding the lock. */
  private volatile boolean asleep = true;

  private volatile boolean closing;
  private volatile boolean closed;

  /** Adds a call; refused with CLOSED once closing has begun. */
  void add(Operation operation) throws StorageException {
    calls.put(operation.call(), operation);
    if (closing) {
      remove(operation);
      throw StorageException.of(ErrorKind.CLOSED, "The storage manager is closed; open a new one.");
    }
    if (asleep) {
      wake();
    }
  }

  /**
   * Wakes or starts the watching thread. It says that it sleeps before it looks for calls, and a
   * call is there before it looks for the sleeper, so one of both sees the other.
   */
  private void wake() {
    lock.lock();
    try {
      if (watcher == null && !closed) {
        Thread thread = new Thread(this::watch, "diskmap-watch");
        thread.setDaemon(true);
        thread.start();
        watcher = thread;
      }
      asleep = false;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Removes a call that is over. */
  void remove(Operation operation) {
    calls.remove(operation.call());
    if (closing) {
      lock.lock();
      try {
        changed.signalAll();
      } finally {
        lock.unlock();
      }
    }
  }

  /** The operation that a call belongs to, while it is under way. */
  @Nullable Operation operationOf(Call call) {
    return calls.get(call);
  }

  /** The uploads of this manager whose commit has its record. */
  RecordedUploads recordedUploads() {
    return recordedUploads;
  }

  /** How many calls are under way. */
  public int size() {
    return calls.size();
  }

  private void watch() {
    int idleTicks = 0;
    while (!closed) {
      for (Map.Entry<Call, Operation> entry : calls.entrySet()) {
        inspect(entry.getKey(), entry.getValue());
      }
      idleTicks = calls.isEmpty() ? idleTicks + 1 : 0;
      lock.lock();
      try {
        if (idleTicks > TICKS_AWAKE) {
          sleepUntilThereAreCalls();
          idleTicks = 0;
        } else if (!closed) {
          changed.await(TICK_MILLIS, TimeUnit.MILLISECONDS);
        }
      } catch (InterruptedException e) {
        return;
      } finally {
        lock.unlock();
      }
    }
  }

  private void sleepUntilThereAreCalls() throws InterruptedException {
    asleep = true;
    while (asleep && calls.isEmpty() && !closed) {
      changed.await();
    }
    asleep = false;
  }

  private static void inspect(Call call, Operation operation) {
    Duration stalled = call.stalledFor();
    if (stalled.compareTo(operation.stallTimeout()) > 0) {
      call.end(
          StorageException.of(
              ErrorKind.TIMEOUT,
              "The store moved no byte for %.1f s; check the store and the network, then try again."
                  .formatted(operation.stallTimeout().toMillis() / 1000.0)));
    } else if (call.isBounded() && call.remaining(Duration.ofDays(1)).isZero()) {
      call.end(
          StorageException.of(
              ErrorKind.TIMEOUT, "The call did not end within its time limit; try again later."));
    }
  }

  /**
   * Refuses new calls, waits this long for those under way, then ends them and waits until none is
   * inside the store; an open stream that nobody reads holds nothing up.
   */
  public void shutDown(Duration grace) {
    closing = true;
    await(calls::isEmpty, grace);
    StorageException why =
        StorageException.of(ErrorKind.CLOSED, "The storage manager was closed during the call.");
    calls.keySet().forEach(call -> call.end(why));
    await(() -> calls.keySet().stream().noneMatch(Call::isWaiting), LAST_WAIT);
    close();
  }

  private void await(BooleanSupplier done, Duration atMost) {
    long deadline = System.nanoTime() + atMost.toNanos();
    lock.lock();
    try {
      while (!done.getAsBoolean()) {
        long left = deadline - System.nanoTime();
        if (left <= 0) {
          return;
        }
        changed.await(
            Math.min(left, TimeUnit.MILLISECONDS.toNanos(TICK_MILLIS)), TimeUnit.NANOSECONDS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    lock.lock();
    try {
      closing = true;
      closed = true;
      changed.signalAll();
      if (watcher != null) {
        watcher.interrupt();
      }
    } finally {
      lock.unlock();
    }
  }
}
