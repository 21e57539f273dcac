package io.diskmap.http.server;

import io.diskmap.CallContext;
import io.diskmap.http.protocol.HeaderText;
import io.diskmap.http.protocol.MalformedException;
import io.diskmap.http.protocol.Names;
import io.diskmap.http.server.exchange.HttpExchange;
import io.diskmap.http.server.exchange.Refusal;
import java.io.IOException;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Optional;

/**
 * Lets callers in by their keys, and notes on whose behalf they come. Thread-safe.
 *
 * <p>Names of users and cohorts count for keys that may name them, and are ignored for others.
 */
final class Admission {
  private static final String BEARER = "Bearer ";

  private final KeyRing keys;
  private final FailureLimiter failures = new FailureLimiter();

  Admission(KeyRing keys) {
    this.keys = keys;
  }

  /** The caller who shows this key; refused where it opens nothing. */
  Caller admit(HttpExchange exchange, Optional<String> presented, CallContext context)
      throws IOException {
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

  /** The key that the request shows, where it shows one. */
  static Optional<String> presentedKey(HttpExchange exchange) throws MalformedException {
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
}
