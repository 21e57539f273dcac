package io.diskmap.http;

import io.diskmap.AuditEvent;
import io.diskmap.AuditSink;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** An audit sink that keeps what it is told, for tests. Thread-safe. */
public final class RecordedAudit implements AuditSink {
  private final List<AuditEvent> intents = new CopyOnWriteArrayList<>();
  private final List<AuditEvent> outcomes = new CopyOnWriteArrayList<>();

  @Override
  public void started(AuditEvent event) {
    intents.add(event);
  }

  @Override
  public void finished(AuditEvent event) {
    outcomes.add(event);
  }

  /** What was begun. */
  public List<AuditEvent> intents() {
    return intents;
  }

  /** How it ended. */
  public List<AuditEvent> outcomes() {
    return outcomes;
  }
}
