package io.diskmap;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeMap;
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
  private static final JsonFactory JSON = new JsonFactory();

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
    StringWriter text = new StringWriter(512);
    try (JsonGenerator out = JSON.createGenerator(text)) {
      CallContext context = event.context();
      out.writeStartObject();
      out.writeStringField("event_id", event.eventId());
      out.writeStringField("action", event.action().label());
      optional(out, "cohort", context.cohort());
      optional(out, "user", context.user());
      out.writeStringField("disk", event.disk());
      out.writeStringField("file_path", event.filePath());
      optional(out, "file_type", context.fileType());
      if (event.fileSize().isPresent()) {
        out.writeNumberField("file_size", event.fileSize().getAsLong());
      }
      out.writeStringField("server_role", event.serverRole().name().toLowerCase(Locale.ROOT));
      out.writeStringField("stream_start", event.streamStart().toString());
      optional(out, "stream_complete", event.streamComplete().map(Instant::toString));
      out.writeNumberField("bytes_transferred", event.bytesTransferred());
      optional(out, "cleanup_scheduled_for", event.cleanupScheduledFor().map(Instant::toString));
      out.writeStringField("outcome", event.outcome().name().toLowerCase(Locale.ROOT));
      optional(out, "error_kind", event.errorKind().map(ErrorKind::name));
      optional(out, "sha256", event.sha256());
      optional(out, "request_id", context.requestId());
      optional(out, "key_id", context.keyId());
      optional(out, "remote_address", context.remoteAddress());
      out.writeObjectFieldStart("metadata");
      for (var entry : new TreeMap<>(event.metadata()).entrySet()) {
        out.writeStringField(entry.getKey(), entry.getValue());
      }
      for (var entry : new TreeMap<>(context.details()).entrySet()) {
        out.writeStringField(entry.getKey(), entry.getValue());
      }
      out.writeEndObject();
      out.writeEndObject();
    }
    return text.toString();
  }

  private static void optional(JsonGenerator out, String name, Optional<String> value)
      throws IOException {
    if (value.isPresent()) {
      out.writeStringField(name, value.get());
    }
  }
}
