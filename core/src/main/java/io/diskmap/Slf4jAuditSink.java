package io.diskmap;

import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An audit sink that writes each outcome as one line of JSON to the logger {@code
 * io.diskmap.audit}.
 *
 * <p>Thread-safe. The level is INFO; where the logger drops that level, no record is kept.
 */
public final class Slf4jAuditSink implements AuditSink {
  private static final Logger LOG = LoggerFactory.getLogger("io.diskmap.audit");

  @Override
  public void started(AuditEvent event) throws IOException {
    LOG.debug("{}", json(event));
  }

  @Override
  public void finished(AuditEvent event) {
    try {
      LOG.info("{}", json(event));
    } catch (IOException e) {
      LOG.error("The record of audit event {} cannot be written", event.eventId(), e);
    }
  }

  /** The event as one line of JSON, under the fixed names of the fields. */
  public static String json(AuditEvent event) throws IOException {
    return AuditText.json(event, null);
  }
}
