package io.diskmap.http.protocol;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** Any text, and user attributes, in the ASCII that a header holds. Stateless. */
public final class HeaderText {
  private HeaderText() {}

  /** The text with everything but letters, digits and {@code -._~ @/:,} percent-encoded. */
  public static String encode(String text) {
    StringBuilder out = new StringBuilder();
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      char c = (char) (b & 0xff);
      boolean plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
      if (plain || "-._~@/:,".indexOf(c) >= 0) {
        out.append(c);
      } else {
        out.append(String.format("%%%02X", (int) c));
      }
    }
    return out.toString();
  }

  /** The text that {@link #encode} encoded; plain text stays as it is. */
  public static String decode(String header) throws MalformedException {
    StringBuilder query = new StringBuilder("v=");
    for (int i = 0; i < header.length(); i++) {
      char c = header.charAt(i);
      switch (c) {
        case '&' -> query.append("%26");
        case '+' -> query.append("%2B");
        case ' ' -> query.append("%20");
        default -> query.append(c);
      }
    }
    return Query.parse(query.toString()).get("v").orElse("");
  }

  /** Attributes as a JSON object in ASCII. */
  public static String attributes(Map<String, String> attributes) {
    StringWriter text = new StringWriter();
    try (JsonGenerator out = JsonObject.FACTORY.createGenerator(text)) {
      out.enable(JsonWriteFeature.ESCAPE_NON_ASCII.mappedFeature());
      out.writeStartObject();
      for (Map.Entry<String, String> attribute : attributes.entrySet()) {
        out.writeStringField(attribute.getKey(), attribute.getValue());
      }
      out.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException("a string refused characters", e);
    }
    return text.toString();
  }

  /** The attributes that a header holds. */
  public static Map<String, String> attributes(String header) throws MalformedException {
    String document = "{\"a\":" + header + "}";
    return JsonObject.parse(document.getBytes(StandardCharsets.UTF_8)).texts("a");
  }
}
