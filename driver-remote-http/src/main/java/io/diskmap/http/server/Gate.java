package io.diskmap.http.server;

import io.diskmap.CallContext;
import io.diskmap.ErrorKind;
import io.diskmap.StorageException;
import io.diskmap.http.protocol.Endpoint;
import io.diskmap.http.protocol.HeaderText;
import io.diskmap.http.protocol.MalformedException;
import io.diskmap.http.protocol.Names;
import io.diskmap.http.protocol.Problem;
import io.diskmap.http.protocol.Query;
import io.diskmap.http.protocol.Token;
import io.diskmap.http.protocol.WireErrors;
import io.diskmap.http.server.internal.HttpExchange;
import io.diskmap.http.server.internal.HttpHandler;
import io.diskmap.http.server.internal.SlowPeerException;
import java.io.IOException;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one way into the API: every request passes here and nowhere else. Thread-safe.
 *
 * <p>In order: request id and version, the call and its method, the key, the query, the action.
 * Only {@code health} answers without a key, and then says nothing but that the server lives.
 * Whatever goes wrong becomes one problem document; a failure after the answer has begun breaks the
 * connection, so that nobody takes a part for the whole.
 */
final class Gate implements HttpHandler {
  private static final Logger LOG = LoggerFactory.getLogger(Gate.class);
  private static final String BEARER = "Bearer ";

  private final Disks disks;
  private final KeyRing keys;
  private final RefusalRecords refusals;
  private final FailureLimiter failures = new FailureLimiter();
  private final Map<Endpoint, ApiAction> actions = new EnumMap<>(Endpoint.class);
  private final HealthAction health;

  Gate(Disks disks, KeyRing keys, Map<Endpoint, ApiAction> actions, HealthAction health) {
    this.disks = disks;
    this.keys = keys;
    this.refusals = new RefusalRecords(disks);
    this.actions.putAll(actions);
    this.health = health;
  }

  @Override
  public void handle(HttpExchange exchange) throws IOException {
    String requestId = requestId(exchange);
    exchange.header(Names.REQUEST_ID, requestId);
    exchange.header(Names.DISKMAP_VERSION, Names.VERSION);
    CallContext context =
        CallContext.none().withRequestId(requestId).withPeer("", exchange.remoteAddress());
    try {
      admit(exchange, context);
    } catch (Refusal refusal) {
      refusals.record(exchange, refusal.context().orElse(context), refusal.status());
      if (refusal.status() == 429) {
        exchange.header(Names.RETRY_AFTER, "60");
      }
      fail(exchange, refusal.toProblem(requestId), refusal);
    } catch (MalformedException e) {
      refusals.record(exchange, context, 400);
      fail(exchange, Refusal.badRequest(String.valueOf(e.getMessage())).toProblem(requestId), e);
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

  private void admit(HttpExchange exchange, CallContext context) throws IOException {
    Optional<String> version = exchange.header(Names.DISKMAP_VERSION);
    if (version.isPresent() && !version.get().equals(Names.VERSION)) {
      throw Refusal.badRequest("This server speaks version " + Names.VERSION + " of the contract.");
    }
    Optional<Endpoint> endpoint = Endpoint.at(exchange.rawPath());
    Optional<String> presented = presentedKey(exchange);
    if (endpoint.isPresent() && endpoint.get() == Endpoint.HEALTH && presented.isEmpty()) {
      requireMethod(exchange, endpoint.get());
      health.answerAnybody(exchange);
      return;
    }
    Caller caller = authenticate(exchange, presented, context);
    try {
      Endpoint known =
          endpoint.orElseThrow(
              () ->
                  new Refusal(
                      404,
                      "no-such-call",
                      "There is no such call",
                      "The calls are the ten below " + Endpoint.BASE + "."));
      requireMethod(exchange, known);
      Query query = exchange.query();
      ApiAction action = Objects.requireNonNull(actions.get(known), known::name);
      action.answer(new ApiCall(exchange, query, caller, disks));
    } catch (Refusal refusal) {
      throw refusal.by(caller.context());
    }
  }

  private Caller authenticate(
      HttpExchange exchange, Optional<String> presented, CallContext context) throws IOException {
    Optional<KeyRing.Match> match =
        presented.isEmpty()
            ? Optional.empty()
            : keys.find(presented.get(), exchange.remoteAddress());
    if (match.isEmpty()) {
      throw failures.isTooMany(exchange.remoteAddress())
          ? Refusal.tooManyFailures()
          : Refusal.unauthenticated();
    }
    CallContext named =
        withCleanup(exchange, context.withPeer(match.get().id(), exchange.remoteAddress()));
    if (match.get().key().mayNameUsers()) {
      named = withNames(exchange, named);
    }
    return new Caller(match.get().id(), match.get().key(), named);
  }

  private static CallContext withCleanup(HttpExchange exchange, CallContext context)
      throws IOException {
    Optional<String> after = exchange.header(Names.AUDIT_CLEANUP);
    try {
      return after.isEmpty() ? context : context.withCleanupAfter(Duration.parse(after.get()));
    } catch (IllegalArgumentException | DateTimeParseException e) {
      throw Refusal.badRequest("The header " + Names.AUDIT_CLEANUP + " is a duration, as in PT4H.");
    }
  }

  private static CallContext withNames(HttpExchange exchange, CallContext context)
      throws MalformedException {
    CallContext named = context;
    Optional<String> user = exchange.header(Names.AUDIT_USER);
    if (user.isPresent()) {
      named = named.withUser(HeaderText.decode(user.get()));
    }
    Optional<String> cohort = exchange.header(Names.AUDIT_COHORT);
    if (cohort.isPresent()) {
      named = named.withCohort(HeaderText.decode(cohort.get()));
    }
    Optional<String> fileType = exchange.header(Names.AUDIT_FILE_TYPE);
    if (fileType.isPresent()) {
      named = named.withFileType(HeaderText.decode(fileType.get()));
    }
    return named;
  }

  private static Optional<String> presentedKey(HttpExchange exchange) throws MalformedException {
    Optional<String> key = exchange.header(Names.API_KEY);
    Optional<String> authorization = exchange.header(Names.AUTHORIZATION);
    if (key.isPresent() || authorization.isEmpty()) {
      return key;
    }
    String value = authorization.get();
    return value.regionMatches(true, 0, BEARER, 0, BEARER.length())
        ? Optional.of(value.substring(BEARER.length()).strip())
        : Optional.of("");
  }

  private static void requireMethod(HttpExchange exchange, Endpoint endpoint) throws Refusal {
    if (!endpoint.takes(exchange.method())) {
      exchange.header(Names.ALLOW, endpoint.allow());
      throw new Refusal(
          405,
          "method-not-allowed",
          "The call is made with another method",
          "Use " + endpoint.allow() + ".");
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
