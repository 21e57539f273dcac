package io.diskmap.sshfs;

import io.diskmap.ErrorKind;
import io.diskmap.StorageException;
import io.diskmap.spi.Call;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;

/**
 * Parts of one task, each run by a further thread where one is free and else by the caller, so that
 * a part that has parts of its own never waits for a thread.
 *
 * <p>For one thread. Whoever leaves it has no part under way any more.
 */
final class Branches implements AutoCloseable {
  private final ExecutorService workers;
  private final Semaphore free;
  private final Call call;
  private final List<Future<Boolean>> running = new ArrayList<>();

  Branches(ExecutorService workers, Semaphore free, Call call) {
    this.workers = workers;
    this.free = free;
    this.call = call;
  }

  /** One part of the task. */
  @FunctionalInterface
  interface Part {
    boolean run() throws StorageException;
  }

  /** Runs a part; what it answers, or true where that is only known later. */
  boolean run(Part part) throws StorageException {
    if (!free.tryAcquire()) {
      return part.run();
    }
    Callable<Boolean> task =
        () -> {
          try {
            return part.run();
          } finally {
            free.release();
          }
        };
    try {
      running.add(workers.submit(task));
      return true;
    } catch (RejectedExecutionException closing) {
      free.release();
      throw StorageException.of(ErrorKind.CLOSED, "The disk is closed.", closing);
    }
  }

  /** Waits for the parts of other threads; whether all of them answered true. */
  boolean await() throws StorageException {
    boolean all = true;
    while (!running.isEmpty()) {
      Future<Boolean> part = running.remove(running.size() - 1);
      boolean ended = false;
      try {
        all &= part.get();
        ended = true;
      } catch (ExecutionException e) {
        ended = true;
        throw SshfsErrors.again(e.getCause());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        call.end(cancelled(e));
        throw cancelled(e);
      } finally {
        if (!ended) {
          running.add(part);
        }
      }
    }
    return all;
  }

  /** Waits for what is under way, whatever becomes of it; a call that is ended ends it soon. */
  @Override
  public void close() {
    boolean interrupted = false;
    while (!running.isEmpty()) {
      try {
        running.get(running.size() - 1).get();
        running.remove(running.size() - 1);
      } catch (ExecutionException failed) {
        running.remove(running.size() - 1);
      } catch (InterruptedException e) {
        interrupted = true;
        call.end(cancelled(e));
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * The threads of the parts are not interrupted with the caller: the end of the call ends them.
   */
  private static StorageException cancelled(InterruptedException why) {
    return StorageException.of(ErrorKind.CANCELLED, "The calling thread was interrupted.", why);
  }
}
