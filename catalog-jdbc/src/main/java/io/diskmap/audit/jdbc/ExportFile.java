package io.diskmap.audit.jdbc;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import io.diskmap.audit.jdbc.ChainEntry.Phase;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** An export, which can be verified without its store. Any thread may use it. */
public final class ExportFile {
  private static final JsonFactory FACTORY = new JsonFactory();
  private static final int REMEMBERED = 4_000_000;

  private ExportFile() {}

  /**
   * Follows every chain of an export, and compares with heads that were kept elsewhere.
   *
   * @throws IOException where it is no export or cannot be read
   */
  public static AuditVerdict verify(InputStream export, List<ChainHead> kept) throws IOException {
    ChainCheck check = new ChainCheck();
    Map<String, byte[]> hashes = new HashMap<>();
    boolean begun = false;
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(export, StandardCharsets.UTF_8))) {
      int number = 0;
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        number++;
        Map<String, String> fields = fields(line, number);
        try {
          if ("writer".equals(fields.get("type"))) {
            check.end();
            check.begin(row(fields));
            begun = true;
          } else {
            ChainEntry entry = entry(fields);
            check.add(entry);
            if (hashes.size() < REMEMBERED) {
              hashes.put(entry.writer() + ":" + entry.sequence(), entry.hash());
            }
          }
        } catch (IllegalArgumentException e) {
          throw new IOException("Line " + number + " of the export cannot be read.", e);
        }
      }
    }
    if (!begun) {
      throw new IOException("The file is no export of an audit store.");
    }
    check.end();
    return check.verdict(
        kept, (writer, sequence) -> Optional.ofNullable(hashes.get(writer + ":" + sequence)));
  }

  private static Map<String, String> fields(String line, int number) throws IOException {
    Map<String, String> fields = new HashMap<>();
    try (JsonParser json = FACTORY.createParser(line)) {
      if (json.nextToken() != JsonToken.START_OBJECT) {
        throw new IOException("Line " + number + " of the export is no object.");
      }
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        String name = json.currentName();
        json.nextToken();
        fields.put(name, json.getText());
      }
    } catch (JsonProcessingException e) {
      throw new IOException("Line " + number + " of the export is no JSON.", e);
    }
    return fields;
  }

  private static WriterRow row(Map<String, String> fields) {
    return new WriterRow(
        ChainEntry.writer(required(fields, "writer")),
        required(fields, "label"),
        required(fields, "server_role"),
        number(fields, "started_at"),
        number(fields, "first_sequence"),
        HexFormat.of().parseHex(required(fields, "first_previous")),
        number(fields, "head_sequence"),
        HexFormat.of().parseHex(required(fields, "head_hash")),
        1,
        Optional.empty(),
        Optional.empty());
  }

  private static ChainEntry entry(Map<String, String> fields) {
    Facts facts =
        new Facts(
            required(fields, "event_id"),
            required(fields, "action"),
            required(fields, "outcome"),
            fields.get("error_kind"),
            fields.get("user"),
            fields.get("cohort"),
            required(fields, "disk"),
            required(fields, "file_path"),
            fields.get("file_type"),
            optional(fields, "file_size"),
            required(fields, "server_role"),
            number(fields, "stream_start"),
            optional(fields, "stream_complete"),
            number(fields, "bytes_transferred"),
            optional(fields, "cleanup_scheduled_for"),
            fields.get("request_id"),
            fields.get("key_id"),
            fields.get("remote_address"),
            fields.get("sha256"),
            fields.get("metadata"));
    return new ChainEntry(
        ChainEntry.writer(required(fields, "writer")),
        number(fields, "sequence"),
        Phase.valueOf(required(fields, "type").toUpperCase(Locale.ROOT)),
        facts,
        HexFormat.of().parseHex(required(fields, "hash")));
  }

  private static String required(Map<String, String> fields, String name) {
    String value = fields.get(name);
    if (value == null) {
      throw new IllegalArgumentException(name + " is missing");
    }
    return value;
  }

  private static long number(Map<String, String> fields, String name) {
    return Long.parseLong(required(fields, name));
  }

  private static @Nullable Long optional(Map<String, String> fields, String name) {
    String value = fields.get(name);
    return value == null ? null : Long.valueOf(value);
  }
}
