package io.diskmap.http.server;

import io.diskmap.CallContext;
import io.diskmap.ErrorKind;
import io.diskmap.StorageException;
import io.diskmap.http.protocol.MalformedException;
import io.diskmap.http.protocol.Names;
import io.diskmap.http.protocol.Problem;
import io.diskmap.http.protocol.Token;
import io.diskmap.http.protocol.WireErrors;
import io.diskmap.http.server.exchange.HttpExchange;
import io.diskmap.http.server.exchange.HttpHandler;
import io.diskmap.http.server.exchange.Refusal;
import io.diskmap.http.server.exchange.Replies;
import io.diskmap.http.server.internal.SlowPeerException;
import java.io.IOException;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs a step and turns whatever goes wrong into one problem document. Thread-safe.
 *
 * <p>Each request has an id, which is echoed. A call that is refused is recorded. A failure after
 * the answer has begun breaks the connection, so that nobody takes a part for the whole.
 */
final class GuardedHandler implements HttpHandler {
  private static final Logger LOG = LoggerFactory.getLogger(GuardedHandler.class);

  /** What answers a request. */
  @FunctionalInterface
  interface Step {
    /** Answers it; the context holds the request's id and the peer's address. */
    void answer(HttpExchange exchange, CallContext context) throws IOException;
  }

  private final RefusalRecords refusals;
  private final Step step;

  GuardedHandler(RefusalRecords refusals, Step step) {
    this.refusals = refusals;
    this.step = step;
  }

  @Override
  public void handle(HttpExchange exchange) throws IOException {
    String requestId = requestId(exchange);
    exchange.header(Names.REQUEST_ID, requestId);
    exchange.header(Names.DISKMAP_VERSION, Names.VERSION);
    CallContext context =
        CallContext.none().withRequestId(requestId).withPeer("", exchange.remoteAddress());
    try {
      step.answer(exchange, context);
    } catch (Refusal refusal) {
      if (!refusal.isRecorded()) {
        refusals.record(exchange, refusal.context().orElse(context), refusal);
      }
      if (refusal.status() == 429) {
        exchange.header(Names.RETRY_AFTER, "60");
      }
      fail(exchange, refusal.toProblem(requestId), refusal);
    } catch (MalformedException e) {
      Refusal refusal = Refusal.badRequest(String.valueOf(e.getMessage()));
      refusals.record(exchange, context, refusal);
      fail(exchange, refusal.toProblem(requestId), e);
    } catch (StorageException e) {
      StorageException shown = ApiCall.unwrapSource(e);
      if (shown.retryAfter().isPresent() && !exchange.isCommitted()) {
        long seconds = Math.max(1, shown.retryAfter().get().toSeconds());
        exchange.header(Names.RETRY_AFTER, Long.toString(seconds));
      }
      logUnexpected(shown, requestId);
      fail(exchange, WireErrors.toProblem(shown, requestId), e);
    } catch (SlowPeerException e) {
      fail(
          exchange,
          new Problem(
              408, "timeout", "A time limit passed", "The body came too slowly.", true, requestId),
          e);
    } catch (RuntimeException e) {
      LOG.error("request {} failed unexpectedly", requestId, e);
      StorageException unknown =
          StorageException.of(
              ErrorKind.UNKNOWN, "The call failed unexpectedly; see the server's log.", e);
      fail(exchange, WireErrors.toProblem(unknown, requestId), e);
    }
  }

  private static String requestId(HttpExchange exchange) {
    return exchange.headers(Names.REQUEST_ID).stream()
        .filter(Token::isRequestId)
        .findFirst()
        .orElseGet(() -> UUID.randomUUID().toString());
  }

  private static void logUnexpected(StorageException failure, String requestId) {
    switch (failure.kind()) {
      case UNKNOWN, OUTCOME_UNKNOWN, LOCAL_IO -> LOG.warn("request {} failed", requestId, failure);
      default -> LOG.debug("request {} failed", requestId, failure);
    }
  }

  private static void fail(HttpExchange exchange, Problem problem, Exception cause)
      throws IOException {
    if (exchange.isCommitted()) {
      LOG.debug("request {} broke off after its answer began", problem.requestId(), cause);
      exchange.abort();
    } else {
      Replies.problem(exchange, problem);
    }
  }
}
