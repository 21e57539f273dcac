package io.diskmap.audit.jdbc;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Writes chains as lines of JSON: one for each writer, followed by one for each of its links. Not
 * for use by several threads; closing it leaves the stream open.
 */
final class ExportWriter implements Closeable {
  private static final HexFormat HEX = HexFormat.of();

  private final JsonGenerator json;
  private long entries;

  ExportWriter(OutputStream out) throws IOException {
    this.json = new JsonFactory().createGenerator(out);
    json.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
    json.setRootValueSeparator(null);
  }

  void begin(WriterRow row) throws IOException {
    json.writeStartObject();
    json.writeStringField("type", "writer");
    json.writeStringField("writer", row.name());
    json.writeStringField("label", row.label());
    json.writeStringField("server_role", row.role());
    json.writeNumberField("started_at", row.startedAt());
    json.writeNumberField("first_sequence", row.firstSequence());
    json.writeStringField("first_previous", HEX.formatHex(row.firstPrevious()));
    json.writeNumberField("head_sequence", row.headSequence());
    json.writeStringField("head_hash", HEX.formatHex(row.headHash()));
    end();
  }

  void add(List<ChainEntry> links) throws IOException {
    for (ChainEntry link : links) {
      add(link);
    }
  }

  private void add(ChainEntry link) throws IOException {
    Facts facts = link.facts();
    json.writeStartObject();
    json.writeStringField("type", link.phase().name().toLowerCase(Locale.ROOT));
    json.writeStringField("writer", ChainEntry.name(link.writer()));
    json.writeNumberField("sequence", link.sequence());
    json.writeStringField("event_id", facts.eventId());
    json.writeStringField("action", facts.action());
    json.writeStringField("outcome", facts.outcome());
    text("error_kind", facts.errorKind());
    text("user", facts.user());
    text("cohort", facts.cohort());
    json.writeStringField("disk", facts.disk());
    json.writeStringField("file_path", facts.filePath());
    text("file_type", facts.fileType());
    number("file_size", facts.fileSize());
    json.writeStringField("server_role", facts.serverRole());
    json.writeNumberField("stream_start", facts.streamStart());
    number("stream_complete", facts.streamComplete());
    json.writeNumberField("bytes_transferred", facts.bytesTransferred());
    number("cleanup_scheduled_for", facts.cleanupScheduledFor());
    text("request_id", facts.requestId());
    text("key_id", facts.keyId());
    text("remote_address", facts.remoteAddress());
    text("sha256", facts.sha256());
    text("metadata", facts.metadata());
    json.writeStringField("hash", HEX.formatHex(link.hash()));
    end();
    entries++;
  }

  private void text(String name, @Nullable String value) throws IOException {
    if (value != null) {
      json.writeStringField(name, value);
    }
  }

  private void number(String name, @Nullable Long value) throws IOException {
    if (value != null) {
      json.writeNumberField(name, value);
    }
  }

  private void end() throws IOException {
    json.writeEndObject();
    json.writeRaw('\n');
  }

  /** Everything is written; how many links. */
  long finish() throws IOException {
    json.flush();
    return entries;
  }

  @Override
  public void close() throws IOException {
    json.close();
  }
}
