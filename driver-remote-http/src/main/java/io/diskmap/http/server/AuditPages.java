package io.diskmap.http.server;

import io.diskmap.AuditDay;
import io.diskmap.AuditPage;
import io.diskmap.AuditQuery;
import io.diskmap.AuditRecord;
import io.diskmap.AuditTrail;
import io.diskmap.CallContext;
import io.diskmap.http.protocol.MalformedException;
import io.diskmap.http.protocol.Names;
import io.diskmap.http.server.exchange.HttpExchange;
import io.diskmap.http.server.exchange.HttpHandler;
import io.diskmap.http.server.exchange.Replies;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The browsable audit trail below {@code /internal/audit}: a page, and its records as CSV or JSON.
 * Thread-safe; it changes nothing.
 *
 * <p>Where the server has a trail and nobody may read it, there is no such page.
 */
final class AuditPages implements HttpHandler {
  /** Where the page is. */
  static final String BASE = "/internal/audit";

  private static final Logger LOG = LoggerFactory.getLogger(AuditPages.class);
  private static final int ON_PAGE = 100;
  private static final int IN_EXPORT = 2000;
  private static final Duration DAYS = Duration.ofDays(31);

  private final Supplier<Optional<AuditTrail>> trail;
  private final AuditDoor door;
  private final Clock clock;

  AuditPages(Supplier<Optional<AuditTrail>> trail, AuditDoor door, Clock clock) {
    this.trail = trail;
    this.door = door;
    this.clock = clock;
  }

  @Override
  public void handle(HttpExchange exchange) throws IOException {
    String requestId = UUID.randomUUID().toString();
    CallContext context =
        CallContext.none().withRequestId(requestId).withPeer("", exchange.remoteAddress());
    exchange.header(Names.REQUEST_ID, requestId);
    exchange.header("Referrer-Policy", "no-referrer");
    exchange.header("X-Frame-Options", "DENY");
    exchange.header("Content-Security-Policy", AuditView.CONTENT_POLICY);
    try {
      if (!door.opens(exchange, context)) {
        return;
      }
      if (!exchange.method().equals("GET") && !exchange.method().equals("HEAD")) {
        exchange.header(Names.ALLOW, "GET, HEAD");
        plain(exchange, 405, "The audit trail is only read.");
        return;
      }
      AuditTrail known = trail.get().orElse(null);
      if (known == null) {
        plain(exchange, 404, "This server keeps no audit store.");
        return;
      }
      answer(exchange, known);
    } catch (MalformedException | IllegalArgumentException e) {
      plain(exchange, 400, "The filter is not understood: " + e.getMessage() + ".");
    } catch (IOException | RuntimeException e) {
      if (exchange.isCommitted()) {
        exchange.abort();
        throw e;
      }
      LOG.warn("The audit page of request {} failed", requestId, e);
      plain(exchange, 503, "The audit store does not answer; see the server's log.");
    }
  }

  private void answer(HttpExchange exchange, AuditTrail known) throws IOException {
    AuditFilter filter = AuditFilter.of(exchange.query());
    AuditQuery query = filter.query();
    switch (exchange.rawPath()) {
      case BASE, BASE + "/" -> page(exchange, known, filter, query);
      case BASE + "/export.csv" -> csv(exchange, known, query);
      case BASE + "/export.json" -> json(exchange, known, query);
      default -> plain(exchange, 404, "There is no such page.");
    }
  }

  private void page(HttpExchange exchange, AuditTrail known, AuditFilter filter, AuditQuery query)
      throws IOException {
    AuditPage page = known.page(query.withLimit(ON_PAGE));
    Instant since = clock.instant().minus(DAYS);
    boolean bounded = query.from().isPresent() || query.until().isPresent();
    List<AuditDay> days = known.days(bounded ? query : query.withFrom(since));
    byte[] html = AuditView.render(filter, page, days, bounded).getBytes(StandardCharsets.UTF_8);
    Replies.send(exchange, 200, "text/html; charset=utf-8", html);
  }

  private static void csv(HttpExchange exchange, AuditTrail known, AuditQuery query)
      throws IOException {
    attachment(exchange, "text/csv; charset=utf-8", "audit.csv");
    try (Writer out = writer(exchange)) {
      out.write(AuditRecord.csvHeader() + "\r\n");
      each(known, query, record -> out.write(record.toCsv() + "\r\n"));
    }
  }

  private static void json(HttpExchange exchange, AuditTrail known, AuditQuery query)
      throws IOException {
    attachment(exchange, "application/x-ndjson", "audit.json");
    try (Writer out = writer(exchange)) {
      each(known, query, record -> out.write(record.toJson() + "\n"));
    }
  }

  /** Takes one record. */
  @FunctionalInterface
  private interface Line {
    void write(AuditRecord record) throws IOException;
  }

  private static void each(AuditTrail known, AuditQuery query, Line line) throws IOException {
    Optional<AuditQuery> next = Optional.of(query.withLimit(IN_EXPORT));
    while (next.isPresent()) {
      AuditPage page = known.page(next.get());
      for (AuditRecord record : page.records()) {
        line.write(record);
      }
      next = page.next().map(token -> query.withLimit(IN_EXPORT).withAfter(token));
    }
  }

  private static void attachment(HttpExchange exchange, String type, String name) {
    exchange.status(200);
    exchange.header(Names.CONTENT_TYPE, type);
    exchange.header(Names.CACHE_CONTROL, "no-store");
    exchange.header(Names.CONTENT_TYPE_OPTIONS, "nosniff");
    exchange.header("Content-Disposition", "attachment; filename=\"" + name + "\"");
  }

  private static Writer writer(HttpExchange exchange) throws IOException {
    return new BufferedWriter(
        new OutputStreamWriter(exchange.output(-1), StandardCharsets.UTF_8), 64 * 1024);
  }

  static void plain(HttpExchange exchange, int status, String sentence) throws IOException {
    Replies.send(
        exchange,
        status,
        "text/plain; charset=utf-8",
        (sentence + "\n").getBytes(StandardCharsets.UTF_8));
  }
}
