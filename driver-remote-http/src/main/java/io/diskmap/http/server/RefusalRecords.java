package io.diskmap.http.server;

import io.diskmap.AuditAction;
import io.diskmap.AuditEvent;
import io.diskmap.CallContext;
import io.diskmap.ErrorKind;
import io.diskmap.http.protocol.MalformedException;
import io.diskmap.http.protocol.Names;
import io.diskmap.http.protocol.Query;
import io.diskmap.http.server.exchange.HttpExchange;
import io.diskmap.http.server.exchange.Refusal;
import java.io.IOException;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Records the calls that were refused before they reached a storage, whose pipeline would record
 * them. Thread-safe. A record that cannot be written changes nothing about the refusal.
 */
final class RefusalRecords {
  private static final Logger LOG = LoggerFactory.getLogger(RefusalRecords.class);

  private final Disks disks;

  RefusalRecords(Disks disks) {
    this.disks = disks;
  }

  /** Records one refused call under its request id. */
  void record(HttpExchange exchange, CallContext context, Refusal refusal) {
    String path = exchange.rawPath();
    Map<String, String> facts =
        Map.of(
            "method", exchange.method(),
            "call", path.substring(0, Math.min(path.length(), 128)),
            "status", Integer.toString(refusal.status()));
    Asked asked = asked(exchange);
    Instant now = Instant.now();
    String id = UUID.randomUUID().toString();
    AuditEvent.Outcome begun = AuditEvent.Outcome.STARTED;
    try {
      disks.audit().started(event(id, context, asked, now, begun, Optional.empty(), facts));
    } catch (IOException e) {
      LOG.error("a refused call could not be recorded", e);
      return;
    }
    AuditEvent.Outcome denied = AuditEvent.Outcome.DENIED;
    Optional<ErrorKind> kind = Optional.of(refusal.kind());
    disks.audit().finished(event(id, context, asked, now, denied, kind, facts));
  }

  private AuditEvent event(
      String id,
      CallContext context,
      Asked asked,
      Instant now,
      AuditEvent.Outcome outcome,
      Optional<ErrorKind> error,
      Map<String, String> facts) {
    return new AuditEvent(
        id,
        AuditAction.ACCESS_REFUSED,
        context,
        asked.disk(),
        asked.path(),
        OptionalLong.empty(),
        disks.role(),
        now,
        error.map(kind -> now),
        0,
        Optional.empty(),
        outcome,
        error,
        Optional.empty(),
        facts);
  }

  /** What the caller asked for, as far as it can be read; nothing of it is checked. */
  private record Asked(String disk, String path) {}

  private Asked asked(HttpExchange exchange) {
    try {
      Query query = exchange.query();
      String disk =
          query.get(Names.DISK).filter(disks.names()::contains).orElse(disks.defaultDisk());
      return new Asked(disk, query.get(Names.PATH).or(() -> query.get(Names.PREFIX)).orElse(""));
    } catch (MalformedException e) {
      return new Asked(disks.defaultDisk(), "");
    }
  }
}
