package io.diskmap;

import java.io.IOException;

/** A sink that takes no record, so that every operation is refused. Immutable; thread-safe. */
record RefusingAuditSink(String why) implements AuditSink {
  @Override
  public void started(AuditEvent event) throws IOException {
    throw new IOException(why);
  }

  @Override
  public void finished(AuditEvent event) {}
}
