package io.diskmap;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A switch that ends the calls it was given to, with {@link ErrorKind#CANCELLED}.
 *
 * <p>Any thread may cancel. It ends its own calls only: sessions that other calls share stay open
 * (clause E4).
 */
public final class Cancellation {
  private final ReentrantLock lock = new ReentrantLock();
  private final List<Runnable> hooks = new ArrayList<>();
  private volatile boolean cancelled;

  /** A switch that is not yet thrown. */
  public static Cancellation create() {
    return new Cancellation();
  }

  private Cancellation() {}

  /** Throws the switch; a second time does nothing. */
  public void cancel() {
    List<Runnable> run;
    lock.lock();
    try {
      if (cancelled) {
        return;
      }
      cancelled = true;
      run = List.copyOf(hooks);
      hooks.clear();
    } finally {
      lock.unlock();
    }
    run.forEach(Runnable::run);
  }

  /** Whether it is thrown. */
  public boolean isCancelled() {
    return cancelled;
  }

  /**
   * Runs the hook when the switch is thrown, at once if it is already. The hook is short and throws
   * nothing. Closing the registration takes it back.
   */
  public Registration onCancel(Runnable hook) {
    lock.lock();
    try {
      if (!cancelled) {
        hooks.add(hook);
        return () -> remove(hook);
      }
    } finally {
      lock.unlock();
    }
    hook.run();
    return () -> {};
  }

  private void remove(Runnable hook) {
    lock.lock();
    try {
      hooks.remove(hook);
    } finally {
      lock.unlock();
    }
  }

  /** Takes a hook back when closed. */
  @FunctionalInterface
  public interface Registration extends AutoCloseable {
    @Override
    void close();
  }
}
