package io.diskmap.http.server;

import io.diskmap.ErrorKind;
import io.diskmap.StorageException;
import io.diskmap.http.protocol.JsonOut;
import io.diskmap.http.protocol.Names;
import io.diskmap.http.protocol.Problem;
import io.diskmap.http.protocol.WireErrors;
import io.diskmap.http.server.exchange.HttpExchange;
import io.diskmap.http.server.exchange.Replies;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Answers a call that can take longer than anybody's time limit for a silent connection.
 * Thread-safe.
 *
 * <p>The work runs in a thread of its own. While it does, the answer begins with status 200 and a
 * blank every few seconds, which JSON allows before the document. A failure after that travels
 * inside the document, as the member {@code problem}. Work that has begun goes on when the caller
 * leaves.
 */
final class LongReply {
  private final ExecutorService workers;
  private final Duration silence;

  LongReply(ExecutorService workers, Duration silence) {
    this.workers = workers;
    this.silence = silence;
  }

  /** Runs the work and answers with what it gives. */
  void answer(ApiCall call, int status, Callable<JsonOut.Body> work) throws IOException {
    HttpExchange exchange = call.exchange();
    Future<JsonOut.Body> result = workers.submit(work);
    OutputStream begun = null;
    while (true) {
      try {
        JsonOut.Body body = result.get(silence.toMillis(), TimeUnit.MILLISECONDS);
        finish(exchange, status, begun, body);
        return;
      } catch (TimeoutException stillRunning) {
        begun = begun == null ? begin(exchange) : begun;
        begun.write(' ');
        begun.flush();
      } catch (ExecutionException e) {
        Throwable cause = Objects.requireNonNullElse(e.getCause(), e);
        if (begun == null) {
          throw failure(cause);
        }
        finish(exchange, status, begun, problem(call, cause));
        return;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw StorageException.of(ErrorKind.CANCELLED, "The server is stopping.", e);
      }
    }
  }

  private static OutputStream begin(HttpExchange exchange) throws IOException {
    exchange.status(200);
    exchange.header(Names.CONTENT_TYPE, Names.JSON);
    exchange.header(Names.CACHE_CONTROL, "no-store");
    return exchange.output(-1);
  }

  private static void finish(
      HttpExchange exchange, int status, @Nullable OutputStream begun, JsonOut.Body body)
      throws IOException {
    if (begun == null) {
      Replies.json(exchange, status, body);
    } else {
      begun.write(JsonOut.object(body));
      begun.close();
    }
  }

  private static JsonOut.Body problem(ApiCall call, Throwable cause) throws IOException {
    StorageException failure =
        failure(cause) instanceof StorageException storage
            ? storage
            : StorageException.of(ErrorKind.UNKNOWN, "The call failed unexpectedly.", cause);
    String requestId = call.caller().context().requestId().orElse("");
    Problem problem = WireErrors.toProblem(failure, requestId);
    return out -> {
      out.writeFieldName("problem");
      out.writeRawValue(new String(problem.toJson(), StandardCharsets.UTF_8));
    };
  }

  private static IOException failure(Throwable cause) {
    if (cause instanceof IOException io) {
      return io;
    }
    return StorageException.of(ErrorKind.UNKNOWN, "The call failed unexpectedly.", cause);
  }
}
