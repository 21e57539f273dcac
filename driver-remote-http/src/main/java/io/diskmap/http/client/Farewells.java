package io.diskmap.http.client;

import io.diskmap.CallContext;
import io.diskmap.StorageException;
import io.diskmap.StoragePath;
import io.diskmap.http.protocol.Endpoint;
import io.diskmap.http.protocol.Names;
import io.diskmap.spi.Call;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Phaser;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import okhttp3.HttpUrl;
import okhttp3.Request;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the server of downloads that were left early, so that it closes what it keeps for them and
 * records them at once. Thread-safe; nobody waits for it but the close of the disk, for a moment.
 *
 * <p>A server that does not hear of it finds out by itself, later.
 */
final class Farewells implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Farewells.class);
  private static final Duration LIMIT = Duration.ofSeconds(5);
  private static final long LAST_WAIT_MILLIS = 1000;

  private final RemoteHttpSessions sessions;
  private final ExecutorService workers;
  private final Phaser underWay = new Phaser(1);

  Farewells(RemoteHttpSessions sessions, ExecutorService workers) {
    this.sessions = sessions;
    this.workers = workers;
  }

  /**
   * Says that the download of this path is over, under the name that its reader has, if any, and
   * after its last request.
   */
  void say(
      StoragePath path,
      CallContext context,
      Optional<String> reader,
      CompletableFuture<Void> lastRequest) {
    if (underWay.register() < 0) {
      return;
    }
    lastRequest.whenComplete(
        (ended, failure) -> {
          try {
            workers.execute(() -> tell(path, context, reader));
          } catch (RejectedExecutionException closing) {
            underWay.arriveAndDeregister();
          }
        });
  }

  private void tell(StoragePath path, CallContext context, Optional<String> reader) {
    HttpUrl.Builder address =
        sessions
            .address(Endpoint.DOWNLOAD)
            .addQueryParameter(Names.PATH, path.value())
            .addQueryParameter(Names.PHASE, "leave");
    Request.Builder request = RemoteHttpSessions.request(address).post(RemoteHttpSessions.noBody());
    reader.ifPresent(name -> request.header(Names.READER, name));
    try (RemoteHttpSessions.Exchange exchange =
        sessions.open(request, Call.within(context, LIMIT), Optional.of(LIMIT))) {
      exchange.complete();
    } catch (StorageException e) {
      LOG.debug("the server was not told that a download is over", e);
    } finally {
      underWay.arriveAndDeregister();
    }
  }

  /** Waits a moment for what is being said; nothing more is said from then on. */
  @Override
  public void close() {
    int phase = underWay.arriveAndDeregister();
    try {
      underWay.awaitAdvanceInterruptibly(phase, LAST_WAIT_MILLIS, TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      LOG.debug("the server was not told of every download that is over");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
