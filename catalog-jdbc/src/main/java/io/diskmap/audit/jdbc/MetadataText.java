package io.diskmap.audit.jdbc;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The column {@code metadata}: an object of JSON whose members are texts. Any thread may use it.
 */
final class MetadataText {
  private static final JsonFactory FACTORY = new JsonFactory();

  private MetadataText() {}

  static String json(Map<String, String> members) {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = FACTORY.createGenerator(text)) {
      json.writeStartObject();
      for (Map.Entry<String, String> member : members.entrySet()) {
        json.writeStringField(member.getKey(), member.getValue());
      }
      json.writeEndObject();
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    return text.toString();
  }

  /** The members; a text that is no such object, as after a cut, is one member of its own. */
  static Map<String, String> parse(@Nullable String text) {
    Map<String, String> members = new TreeMap<>();
    if (text == null) {
      return members;
    }
    try (JsonParser json = FACTORY.createParser(text)) {
      if (json.nextToken() != JsonToken.START_OBJECT) {
        return Map.of("text", text);
      }
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        String name = json.currentName();
        json.nextToken();
        members.put(name, String.valueOf(json.getValueAsString("")));
      }
      return members;
    } catch (IOException e) {
      return Map.of("text", text);
    }
  }
}
