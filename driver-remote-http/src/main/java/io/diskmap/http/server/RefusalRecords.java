package io.diskmap.http.server;

import io.diskmap.AuditAction;
import io.diskmap.AuditEvent;
import io.diskmap.CallContext;
import io.diskmap.ErrorKind;
import io.diskmap.http.server.exchange.HttpExchange;
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
  void record(HttpExchange exchange, CallContext context, int status) {
    String path = exchange.rawPath();
    Map<String, String> facts =
        Map.of(
            "method", exchange.method(),
            "call", path.substring(0, Math.min(path.length(), 128)),
            "status", Integer.toString(status));
    Instant now = Instant.now();
    String id = UUID.randomUUID().toString();
    AuditEvent.Outcome begun = AuditEvent.Outcome.STARTED;
    try {
      disks.audit().started(event(id, context, now, begun, Optional.empty(), facts));
    } catch (IOException e) {
      LOG.error("a refused call could not be recorded", e);
      return;
    }
    AuditEvent.Outcome denied = AuditEvent.Outcome.DENIED;
    disks.audit().finished(event(id, context, now, denied, Optional.of(kind(status)), facts));
  }

  private AuditEvent event(
      String id,
      CallContext context,
      Instant now,
      AuditEvent.Outcome outcome,
      Optional<ErrorKind> error,
      Map<String, String> facts) {
    return new AuditEvent(
        id,
        AuditAction.ACCESS_REFUSED,
        context,
        disks.defaultDisk(),
        "",
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

  private static ErrorKind kind(int status) {
    return switch (status) {
      case 401 -> ErrorKind.UNAUTHENTICATED;
      case 429 -> ErrorKind.THROTTLED;
      case 403 -> ErrorKind.PERMISSION_DENIED;
      default -> ErrorKind.UNSUPPORTED;
    };
  }
}
