package io.diskmap.s3;

import io.diskmap.CallContext;
import io.diskmap.ErrorKind;
import io.diskmap.StorageException;
import io.diskmap.spi.Call;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tries a bucket out once, on first need, for all calls that ask.
 *
 * <p>Thread-safe. A worker probes; each call waits no longer than it lasts itself. A probe that
 * fails is forgotten, so the next call tries again.
 */
final class S3Probing {
  private static final Logger LOG = LoggerFactory.getLogger(S3Probing.class);
  private static final Duration LONGEST = Duration.ofHours(1);

  private static final Duration LAST = Duration.ofSeconds(2);

  private final S3Store store;
  private final Call own = Call.unbounded(CallContext.none());
  private final AtomicReference<@Nullable CompletableFuture<S3Traits>> probe =
      new AtomicReference<>();

  S3Probing(S3Store store) {
    this.store = store;
  }

  /** What the bucket does; nothing is known of one that is only read. */
  S3Traits traits(Call call) throws StorageException {
    if (store.sessions().context().readOnly()) {
      return S3Traits.NONE;
    }
    CompletableFuture<S3Traits> known = probe.get();
    if (known == null) {
      CompletableFuture<S3Traits> mine = new CompletableFuture<>();
      known = probe.compareAndExchange(null, mine);
      if (known == null) {
        known = mine;
        begin(mine);
      }
    }
    if (!known.isDone()) {
      await(known, call);
    }
    return S3Tasks.get(known, call);
  }

  private void begin(CompletableFuture<S3Traits> into) {
    try {
      store.sessions().execute(() -> run(into));
    } catch (StorageException closed) {
      into.completeExceptionally(closed);
      probe.compareAndSet(into, null);
    }
  }

  private void run(CompletableFuture<S3Traits> into) {
    try {
      Call call = Call.within(CallContext.none(), store.sessions().context().timeout());
      try (var registration = own.onEnd(() -> call.end(closed()))) {
        into.complete(new S3Probe(store, call).run());
      }
    } catch (StorageException | RuntimeException | Error e) {
      into.completeExceptionally(e);
      probe.compareAndSet(into, null);
    }
  }

  private static StorageException closed() {
    return StorageException.of(ErrorKind.CLOSED, "The S3 disk is closed.");
  }

  /** Ends a probe that is under way, so that what it has written is known to the leftovers. */
  void close() {
    own.end(closed());
    CompletableFuture<S3Traits> running = probe.get();
    if (running == null) {
      return;
    }
    boolean interrupted = Thread.interrupted();
    try {
      running.get(LAST.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      interrupted = true;
    } catch (ExecutionException | TimeoutException e) {
      LOG.debug("The bucket was not tried out before the disk closed", e);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Waits for the probe or the end of the call, which it then throws. */
  private static void await(CompletableFuture<S3Traits> probe, Call call) throws StorageException {
    CompletableFuture<Void> ended = new CompletableFuture<>();
    try (var registration = call.onEnd(() -> ended.complete(null))) {
      CompletableFuture.anyOf(probe, ended)
          .get(call.remaining(LONGEST).toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException e) {
      return;
    } catch (TimeoutException e) {
      throw StorageException.of(
          ErrorKind.TIMEOUT, "The store was not tried out in time; try again later.", e);
    }
    call.check();
  }
}
