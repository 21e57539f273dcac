package io.diskmap.cli;

import io.diskmap.AuditEvent;
import io.diskmap.AuditSink;
import io.diskmap.Slf4jAuditSink;
import java.io.IOException;
import java.io.PrintStream;

/**
 * An audit sink that prints each outcome as one line of JSON. Thread-safe.
 *
 * <p>An operation is refused once nobody takes the lines any more.
 */
final class LineAuditSink implements AuditSink {
  private final PrintStream out;

  LineAuditSink(PrintStream out) {
    this.out = out;
  }

  @Override
  public void started(AuditEvent event) throws IOException {
    if (out.checkError()) {
      throw new IOException("standard output is closed");
    }
  }

  @Override
  public void finished(AuditEvent event) {
    try {
      out.println(Slf4jAuditSink.json(event));
      out.flush();
    } catch (IOException impossible) {
      throw new IllegalStateException("a text cannot be written to memory", impossible);
    }
  }
}
