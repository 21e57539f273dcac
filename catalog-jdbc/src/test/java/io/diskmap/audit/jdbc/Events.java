package io.diskmap.audit.jdbc;

import io.diskmap.AuditAction;
import io.diskmap.AuditEvent;
import io.diskmap.AuditEvent.Outcome;
import io.diskmap.CallContext;
import io.diskmap.ErrorKind;
import io.diskmap.ServerRole;
import java.io.IOException;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;

/** Audit events for tests. */
final class Events {
  static final Instant START = Instant.parse("2026-03-01T10:00:00.123456Z");

  private Events() {}

  /** An intent of a save. */
  static AuditEvent intent(String user, String path) {
    return intent(user, path, START);
  }

  static AuditEvent intent(String user, String path, Instant at) {
    return new AuditEvent(
        UUID.randomUUID().toString(),
        AuditAction.FILE_UPLOADED_VIA_STREAM,
        CallContext.ofUser(user)
            .withCohort("cohort_1")
            .withFileType("table")
            .withRequestId("request-" + path.hashCode())
            .withPeer("web", "10.1.2.3"),
        "workspace",
        path,
        OptionalLong.empty(),
        ServerRole.SERVICES,
        at,
        Optional.empty(),
        0,
        Optional.of(at.plusSeconds(14400)),
        Outcome.STARTED,
        Optional.empty(),
        Optional.empty(),
        Map.of("method", "POST"));
  }

  /** How an intent ended. */
  static AuditEvent ended(AuditEvent intent, Outcome outcome) {
    boolean ok = outcome == Outcome.OK;
    return new AuditEvent(
        intent.eventId(),
        intent.action(),
        intent.context(),
        intent.disk(),
        intent.filePath(),
        ok ? OptionalLong.of(4096) : OptionalLong.empty(),
        intent.serverRole(),
        intent.streamStart(),
        Optional.of(intent.streamStart().plusMillis(25)),
        ok ? 4096 : 0,
        intent.cleanupScheduledFor(),
        outcome,
        ok ? Optional.empty() : Optional.of(ErrorKind.PERMISSION_DENIED),
        ok ? Optional.of("ab".repeat(32)) : Optional.empty(),
        intent.metadata());
  }

  /** Records a whole operation. */
  static AuditEvent record(JdbcAuditStore store, AuditEvent intent, Outcome outcome)
      throws IOException {
    store.started(intent);
    AuditEvent end = ended(intent, outcome);
    store.finished(end);
    return end;
  }
}
