package io.diskmap.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.diskmap.Checksum;
import io.diskmap.FileMetadata;
import io.diskmap.StorageException;
import java.io.IOException;
import java.io.PrintStream;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Writes the answers of {@code --json}: one object a line, in UTF-8. Any thread may call it. */
final class Json {
  private static final JsonFactory FACTORY = new JsonFactory();

  private Json() {}

  /** Writes the members of an object. */
  @FunctionalInterface
  interface Members {
    void write(JsonGenerator json) throws IOException;
  }

  /** Prints one object on one line. */
  static void print(PrintStream out, Members members) {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = FACTORY.createGenerator(text)) {
      json.writeStartObject();
      members.write(json);
      json.writeEndObject();
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    out.println(text);
  }

  /** The members that a listing knows of an entry. */
  static void entry(JsonGenerator json, String disk, FileMetadata file) throws IOException {
    json.writeStringField("disk", disk);
    json.writeStringField("path", file.path().value());
    json.writeStringField("type", file.type().name().toLowerCase(Locale.ROOT));
    if (!file.isDirectory()) {
      json.writeNumberField("size", file.size());
      json.writeStringField("modified", file.modified().toString());
      json.writeStringField("version_tag", file.versionTag().value());
      json.writeBooleanField("version_tag_strong", file.versionTag().strong());
    }
  }

  /** All members of a file. */
  static void file(JsonGenerator json, String disk, FileMetadata file) throws IOException {
    entry(json, disk, file);
    if (file.contentType().isPresent()) {
      json.writeStringField("content_type", file.contentType().get());
    }
    json.writeObjectFieldStart("checksums");
    for (Checksum checksum : file.checksums()) {
      json.writeStringField(checksum.algorithm().label(), checksum.hex());
    }
    json.writeEndObject();
    json.writeObjectFieldStart("attributes");
    for (Map.Entry<String, String> attribute : new TreeMap<>(file.attributes()).entrySet()) {
      json.writeStringField(attribute.getKey(), attribute.getValue());
    }
    json.writeEndObject();
  }

  /** What a failure says. */
  static void error(JsonGenerator json, StorageException failure) throws IOException {
    json.writeObjectFieldStart("error");
    json.writeStringField("kind", failure.kind().name());
    json.writeStringField("sentence", failure.sentence());
    json.writeStringField("remedy", Failures.remedy(failure));
    json.writeEndObject();
  }
}
