package io.diskmap.http.server;

import io.diskmap.CallContext;
import io.diskmap.Secret;
import io.diskmap.ServerSection;
import io.diskmap.http.protocol.Names;
import io.diskmap.http.server.exchange.HttpExchange;
import io.diskmap.http.server.exchange.Refusal;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Lets those who may read the audit trail in. Thread-safe. */
@FunctionalInterface
interface AuditDoor {
  /** Whether a request may go on; where not, it is answered. */
  boolean opens(HttpExchange exchange, CallContext context) throws IOException;

  /** The door of a host application, which asked already who it is. */
  static AuditDoor ofHost() {
    return (exchange, context) -> true;
  }

  /** No door at all. */
  static AuditDoor closed() {
    return (exchange, context) -> {
      AuditPages.plain(exchange, 404, "There is no such call.");
      return false;
    };
  }

  /**
   * A key of its own: the password that a browser asks for, under any name, or the header {@code
   * X-API-Key}. A key of the storage API does not open it. A browser's first request, which shows
   * nothing, is asked for the key and not recorded.
   */
  static AuditDoor ofKey(Secret key, Disks disks) {
    ServerSection.Key reader =
        new ServerSection.Key(key, Optional.empty(), List.of(), List.of(""), true, false);
    KeyRing keys = new KeyRing(Map.of("audit", reader));
    RefusalRecords refusals = new RefusalRecords(disks);
    FailureLimiter failures = new FailureLimiter();
    return (exchange, context) -> {
      Optional<String> shown = presented(exchange);
      if (shown.isPresent() && keys.find(shown.get(), exchange.remoteAddress()).isPresent()) {
        return true;
      }
      boolean tooMany = shown.isPresent() && failures.isTooMany(exchange.remoteAddress());
      if (shown.isPresent()) {
        refusals.record(
            exchange, context, tooMany ? Refusal.tooManyFailures() : Refusal.unauthenticated());
      }
      if (tooMany) {
        exchange.header(Names.RETRY_AFTER, "60");
        AuditPages.plain(exchange, 429, "Too many refused keys came from this address.");
      } else {
        exchange.header(Names.WWW_AUTHENTICATE, "Basic realm=\"diskmap audit\", charset=\"UTF-8\"");
        AuditPages.plain(exchange, 401, "The audit trail is opened by its key, as the password.");
      }
      return false;
    };
  }

  private static Optional<String> presented(HttpExchange exchange) throws IOException {
    Optional<String> header = exchange.header(Names.API_KEY);
    if (header.isPresent()) {
      return header;
    }
    Optional<String> basic = exchange.header(Names.AUTHORIZATION);
    if (basic.isEmpty() || !basic.get().regionMatches(true, 0, "Basic ", 0, 6)) {
      return Optional.empty();
    }
    try {
      String pair =
          new String(
              Base64.getDecoder().decode(basic.get().substring(6).strip()), StandardCharsets.UTF_8);
      return Optional.of(pair.substring(pair.indexOf(':') + 1));
    } catch (IllegalArgumentException e) {
      return Optional.of("");
    }
  }
}
