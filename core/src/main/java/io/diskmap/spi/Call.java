package io.diskmap.spi;

import io.diskmap.CallContext;
import io.diskmap.Cancellation;
import io.diskmap.ErrorKind;
import io.diskmap.StorageException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * One call of a user on its way through the driver: on whose behalf, until when, and whether it
 * goes on.
 *
 * <p>Thread-safe. A driver that waits for its peer registers {@link #onEnd} with an action that
 * ends its own exchange, bounds each wait by {@link #remaining}, and asks {@link #check} between
 * steps. The core ends a call when its deadline passes, its transfer stalls or its caller cancels.
 */
public final class Call {
  private final CallContext context;
  private final long deadlineNanos;
  private final boolean bounded;
  private final Cancellation end = Cancellation.create();
  private final AtomicReference<@Nullable StorageException> reason = new AtomicReference<>();
  private final AtomicInteger waits = new AtomicInteger();
  private final AtomicReference<@Nullable Before> before = new AtomicReference<>();
  private volatile long lastProgressNanos = System.nanoTime();

  private Call(CallContext context, @Nullable Duration timeout) {
    this.context = context;
    this.bounded = timeout != null;
    this.deadlineNanos = timeout == null ? 0 : System.nanoTime() + timeout.toNanos();
  }

  /** A call without a deadline. */
  public static Call unbounded(CallContext context) {
    return new Call(context, null);
  }

  /** A call that ends with TIMEOUT after this long. */
  public static Call within(CallContext context, Duration timeout) {
    return new Call(context, timeout);
  }

  /** On whose behalf. */
  public CallContext context() {
    return context;
  }

  /** Whether there is a deadline. */
  public boolean isBounded() {
    return bounded;
  }

  /** The time until the deadline, at most this long; zero once it has passed. */
  public Duration remaining(Duration atMost) {
    if (!bounded) {
      return atMost;
    }
    long left = Math.max(0, deadlineNanos - System.nanoTime());
    return left < atMost.toNanos() ? Duration.ofNanos(left) : atMost;
  }

  /** Ends the call for this reason; the first reason stays. Its hooks run in this thread. */
  public void end(StorageException why) {
    if (reason.compareAndSet(null, why)) {
      end.cancel();
    }
  }

  /** Whether the call is ended or past its deadline. */
  public boolean isEnded() {
    return reason.get() != null || (bounded && deadlineNanos - System.nanoTime() <= 0);
  }

  /**
   * Throws the reason where the call is ended: CANCELLED or TIMEOUT; also CANCELLED for an
   * interrupt.
   */
  public void check() throws StorageException {
    StorageException why = reason.get();
    if (why != null) {
      throw why;
    }
    if (bounded && deadlineNanos - System.nanoTime() <= 0) {
      throw StorageException.of(
          ErrorKind.TIMEOUT, "The call did not end within its time limit; try again later.");
    }
    if (Thread.currentThread().isInterrupted()) {
      throw StorageException.of(ErrorKind.CANCELLED, "The calling thread was interrupted.");
    }
  }

  /** Runs the action when the call is ended; it is short and throws nothing. */
  public Cancellation.Registration onEnd(Runnable action) {
    return end.onCancel(action);
  }

  /** What has to be done before a call changes what others see. */
  @FunctionalInterface
  public interface Before {
    /** Does it, or throws why the call must not have its effect. */
    void run() throws StorageException;
  }

  /** Sets what {@link #effect} does the first time; for the core. */
  public void beforeEffect(Before action) {
    before.set(action);
  }

  /**
   * Says that the call is about to change what others see. A driver that {@link
   * StorageDriver#announcesEffects} calls it when a put is staged, right before it is published;
   * where it throws, nothing may be published, and the call is over. Any thread may call it, and
   * calls after the first that succeeded do nothing.
   */
  public void effect() throws StorageException {
    Before action = before.get();
    if (action != null) {
      try {
        action.run();
      } catch (StorageException e) {
        end(e);
        throw e;
      }
      before.set(null);
    }
  }

  /** Notes that bytes moved, which the watch for stalls looks at. */
  public void progressed() {
    lastProgressNanos = System.nanoTime();
  }

  /** Begins a wait for the store; the watch for stalls counts only while one is under way. */
  public void beginWait() {
    progressed();
    waits.incrementAndGet();
  }

  /** Ends a wait for the store. */
  public void endWait() {
    waits.decrementAndGet();
  }

  /** Whether the call waits for the store. */
  public boolean isWaiting() {
    return waits.get() > 0;
  }

  /** How long the store has let the call wait without moving a byte; zero where nothing waits. */
  public Duration stalledFor() {
    return waits.get() == 0
        ? Duration.ZERO
        : Duration.ofNanos(System.nanoTime() - lastProgressNanos);
  }

  /** Waits, at most until the deadline or the end of the call, which it then throws. */
  public void pause(Duration time) throws StorageException {
    CountDownLatch ended = new CountDownLatch(1);
    Cancellation.Registration registration = onEnd(ended::countDown);
    try {
      ended.await(remaining(time).toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      registration.close();
    }
    check();
  }
}
