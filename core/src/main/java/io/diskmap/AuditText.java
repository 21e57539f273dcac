package io.diskmap;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Writes audit events as lines of JSON or CSV. Any thread may use it. */
final class AuditText {
  private static final JsonFactory JSON = new JsonFactory();
  private static final String FORMULA = "=+-@\t\r";

  private AuditText() {}

  /** The event as one line of JSON, with its place in the chain where it has one. */
  static String json(AuditEvent event, @Nullable AuditRecord place) throws IOException {
    StringWriter text = new StringWriter(512);
    try (JsonGenerator out = JSON.createGenerator(text)) {
      out.writeStartObject();
      for (Map.Entry<String, Optional<?>> field : fields(event, place).entrySet()) {
        Object value = field.getValue().orElse(null);
        if (value instanceof Long number) {
          out.writeNumberField(field.getKey(), number);
        } else if (value != null) {
          out.writeStringField(field.getKey(), value.toString());
        }
      }
      out.writeObjectFieldStart("metadata");
      for (var entry : metadata(event).entrySet()) {
        out.writeStringField(entry.getKey(), entry.getValue());
      }
      out.writeEndObject();
      out.writeEndObject();
    }
    return text.toString();
  }

  static String csvHeader() {
    AuditEvent none =
        new AuditEvent(
            "",
            AuditAction.ACCESS_REFUSED,
            CallContext.none(),
            "",
            "",
            OptionalLong.empty(),
            ServerRole.TESTING,
            Instant.EPOCH,
            Optional.empty(),
            0,
            Optional.empty(),
            AuditEvent.Outcome.OK,
            Optional.empty(),
            Optional.empty(),
            Map.of());
    return String.join(",", fields(none, new AuditRecord("", 0, "", none)).keySet()) + ",metadata";
  }

  static String csv(AuditRecord record) {
    String columns =
        fields(record.event(), record).values().stream()
            .map(value -> value.map(AuditText::cell).orElse(""))
            .collect(Collectors.joining(","));
    String more =
        metadata(record.event()).entrySet().stream()
            .map(entry -> entry.getKey() + "=" + entry.getValue())
            .collect(Collectors.joining("; "));
    return columns + "," + cell(more);
  }

  private static String cell(Object value) {
    String text = value.toString();
    if (!(value instanceof Long) && !text.isEmpty() && FORMULA.indexOf(text.charAt(0)) >= 0) {
      text = "'" + text;
    }
    boolean plain = text.chars().noneMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r');
    return plain ? text : '"' + text.replace("\"", "\"\"") + '"';
  }

  private static Map<String, Optional<?>> fields(AuditEvent event, @Nullable AuditRecord place) {
    CallContext context = event.context();
    Map<String, Optional<?>> fields = new LinkedHashMap<>();
    fields.put("event_id", Optional.of(event.eventId()));
    fields.put("action", Optional.of(event.action().label()));
    fields.put("cohort", context.cohort());
    fields.put("user", context.user());
    fields.put("disk", Optional.of(event.disk()));
    fields.put("file_path", Optional.of(event.filePath()));
    fields.put("file_type", context.fileType());
    fields.put(
        "file_size",
        event.fileSize().isPresent()
            ? Optional.of(event.fileSize().getAsLong())
            : Optional.empty());
    fields.put("server_role", Optional.of(event.serverRole().name().toLowerCase(Locale.ROOT)));
    fields.put("stream_start", Optional.of(event.streamStart()));
    fields.put("stream_complete", event.streamComplete());
    fields.put(
        "duration_ms",
        event.streamComplete().map(end -> Duration.between(event.streamStart(), end).toMillis()));
    fields.put("bytes_transferred", Optional.of(event.bytesTransferred()));
    fields.put("cleanup_scheduled_for", event.cleanupScheduledFor());
    fields.put("outcome", Optional.of(event.outcome().name().toLowerCase(Locale.ROOT)));
    fields.put("error_kind", event.errorKind());
    fields.put("sha256", event.sha256());
    fields.put("request_id", context.requestId());
    fields.put("key_id", context.keyId());
    fields.put("remote_address", context.remoteAddress());
    if (place != null) {
      fields.put("writer", Optional.of(place.writer()));
      fields.put("sequence", Optional.of(place.sequence()));
      fields.put("hash", Optional.of(place.hash()));
    }
    return fields;
  }

  private static Map<String, String> metadata(AuditEvent event) {
    Map<String, String> metadata = new TreeMap<>(event.metadata());
    metadata.putAll(event.context().details());
    return metadata;
  }
}
