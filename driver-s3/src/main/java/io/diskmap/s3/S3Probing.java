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

/**
 * Tries a bucket out once, on first need, for all calls that ask.
 *
 * <p>Thread-safe. A worker probes; each call waits no longer than it lasts itself. A probe that
 * fails is forgotten, so the next call tries again.
 */
final class S3Probing {
  private static final Duration LONGEST = Duration.ofHours(1);

  private final S3Store store;
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
        store.sessions().context().workers().execute(() -> run(mine));
      }
    }
    if (!known.isDone()) {
      await(known, call);
    }
    return S3Tasks.get(known, call);
  }

  private void run(CompletableFuture<S3Traits> into) {
    try {
      Call own = Call.within(CallContext.none(), store.sessions().context().timeout());
      into.complete(new S3Probe(store, own).run());
    } catch (StorageException | RuntimeException | Error e) {
      probe.compareAndSet(into, null);
      into.completeExceptionally(e);
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
