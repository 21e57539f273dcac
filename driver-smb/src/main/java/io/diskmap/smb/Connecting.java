package io.diskmap.smb;

import io.diskmap.Cancellation;
import io.diskmap.ErrorKind;
import io.diskmap.StorageException;
import io.diskmap.smb.wire.SmbConnection;
import io.diskmap.spi.Call;
import io.diskmap.spi.DriverContext;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * One attempt to connect at a time, for which all callers wait, each for as long as its call goes
 * on. Thread-safe.
 *
 * <p>An attempt that began before the call and fails says nothing of this moment; another one
 * follows it.
 */
final class Connecting {
  /** Connects and logs in. */
  @FunctionalInterface
  interface Attempt {
    SmbConnection run() throws IOException;
  }

  private final DriverContext context;
  private final Attempt attempt;
  private final ReentrantLock lock = new ReentrantLock();
  private @Nullable CompletableFuture<SmbConnection> underWay;

  Connecting(DriverContext context, Attempt attempt) {
    this.context = context;
    this.attempt = attempt;
  }

  /** The connection that the attempt under way makes, or one that is begun now. */
  SmbConnection await(Call call) throws StorageException {
    CompletableFuture<SmbConnection> earlier = underWay();
    if (earlier != null) {
      try {
        return await(earlier, call);
      } catch (StorageException e) {
        if (e.kind() != ErrorKind.UNAVAILABLE) {
          throw e;
        }
      }
    }
    return await(join(), call);
  }

  private SmbConnection await(CompletableFuture<SmbConnection> joined, Call call)
      throws StorageException {
    CompletableFuture<SmbConnection> mine = joined.copy();
    StorageException over = StorageException.of(ErrorKind.CANCELLED, "The call ended.");
    try (Cancellation.Registration ending = call.onEnd(() -> mine.completeExceptionally(over))) {
      return mine.get(call.remaining(context.timeout()).toNanos() + 1, TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      call.check();
      throw StorageException.of(ErrorKind.CANCELLED, "The calling thread was interrupted.", e);
    } catch (TimeoutException e) {
      call.check();
      throw StorageException.of(
          ErrorKind.TIMEOUT, "No session with the SMB server within the time limit.", e);
    } catch (ExecutionException e) {
      call.check();
      if (e.getCause() instanceof IOException failure) {
        throw SmbErrors.of(failure).toBuilder().build();
      }
      throw StorageException.of(ErrorKind.UNKNOWN, "The log-in failed.", e.getCause());
    }
  }

  private @Nullable CompletableFuture<SmbConnection> underWay() {
    lock.lock();
    try {
      CompletableFuture<SmbConnection> known = underWay;
      return known == null || known.isDone() ? null : known;
    } finally {
      lock.unlock();
    }
  }

  private CompletableFuture<SmbConnection> join() throws StorageException {
    lock.lock();
    try {
      CompletableFuture<SmbConnection> known = underWay;
      if (known == null || known.isDone()) {
        CompletableFuture<SmbConnection> begun = new CompletableFuture<>();
        context.workers().execute(() -> run(begun));
        underWay = begun;
        known = begun;
      }
      return known;
    } catch (RejectedExecutionException e) {
      throw StorageException.of(ErrorKind.CLOSED, "The disk is closed.", e);
    } finally {
      lock.unlock();
    }
  }

  private void run(CompletableFuture<SmbConnection> result) {
    try {
      result.complete(attempt.run());
    } catch (IOException | RuntimeException e) {
      result.completeExceptionally(e);
    }
  }
}
