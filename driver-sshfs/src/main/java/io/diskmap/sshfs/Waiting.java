package io.diskmap.sshfs;

import io.diskmap.Cancellation;
import io.diskmap.ErrorKind;
import io.diskmap.StorageException;
import io.diskmap.spi.Call;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * How long a call waits for the server: until the call ends, and never longer than the time limit
 * after the server's last sign of life on the channel.
 *
 * <p>Immutable. A channel on which an exchange runs out of time is given up, because its later
 * replies would come to nobody.
 */
record Waiting(Call call, Duration timeout) {
  private static final long BRIEF_NANOS = Duration.ofMillis(20).toNanos();

  /** Waits for a reply, whatever it says. */
  SftpReply await(Exchange exchange) throws StorageException {
    boolean answered = false;
    try {
      SftpReply reply = awaitBriefly(exchange);
      answered = true;
      return reply;
    } finally {
      if (!answered) {
        exchange.abandon();
      }
    }
  }

  /** Waits for the last of several answers that come in order; a failure gives up all of them. */
  void settle(List<Exchange> exchanges) throws StorageException {
    if (exchanges.isEmpty()) {
      return;
    }
    boolean answered = false;
    try {
      awaitBriefly(exchanges.get(exchanges.size() - 1));
      answered = true;
    } finally {
      if (!answered) {
        exchanges.forEach(Exchange::abandon);
      }
    }
  }

  /** Waits until another caller, which has limits of its own, is through. */
  void awaitOther(CompletableFuture<?> other) throws StorageException {
    while (!other.isDone()) {
      call.check();
      try {
        other.get(BRIEF_NANOS, TimeUnit.NANOSECONDS);
      } catch (TimeoutException again) {
        continue;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw StorageException.of(ErrorKind.CANCELLED, "The calling thread was interrupted.", e);
      } catch (ExecutionException e) {
        throw SshfsErrors.again(e.getCause());
      }
    }
  }

  private SftpReply awaitBriefly(Exchange exchange) throws StorageException {
    try {
      try {
        return exchange.future().get(BRIEF_NANOS, TimeUnit.NANOSECONDS);
      } catch (TimeoutException longer) {
        return awaitLonger(exchange);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      call.check();
      throw StorageException.of(ErrorKind.CANCELLED, "The calling thread was interrupted.", e);
    } catch (ExecutionException e) {
      call.check();
      throw SshfsErrors.again(e.getCause());
    }
  }

  private SftpReply awaitLonger(Exchange exchange)
      throws InterruptedException, ExecutionException, StorageException {
    CompletableFuture<SftpReply> future = exchange.future();
    StorageException ended =
        StorageException.of(ErrorKind.CANCELLED, "The call ended before the server answered.");
    try (Cancellation.Registration ending = call.onEnd(() -> exchange.fail(ended))) {
      while (true) {
        call.check();
        long since = Math.max(exchange.sentNanos(), exchange.channel().lastReceivedNanos());
        long left = timeout.toNanos() - (System.nanoTime() - since);
        if (left <= 0) {
          IOException silent = new IOException("no reply within " + timeout);
          StorageException told =
              StorageException.of(
                  ErrorKind.TIMEOUT,
                  "The server did not answer within %d ms; try again later."
                      .formatted(timeout.toMillis()),
                  silent);
          exchange.channel().fail(silent);
          throw told;
        }
        try {
          return future.get(
              call.remaining(Duration.ofNanos(left)).toNanos() + 1, TimeUnit.NANOSECONDS);
        } catch (TimeoutException again) {
          continue;
        }
      }
    }
  }
}
