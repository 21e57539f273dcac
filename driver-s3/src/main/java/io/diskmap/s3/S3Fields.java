package io.diskmap.s3;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;

/** Names and values as one line of ASCII, {@code name=value&name=value}. Stateless. */
final class S3Fields {
  private S3Fields() {}

  /** The line. */
  static String encode(Map<String, String> fields) {
    StringBuilder line = new StringBuilder();
    new TreeMap<>(fields)
        .forEach(
            (name, value) ->
                line.append(line.isEmpty() ? "" : "&")
                    .append(escape(name))
                    .append('=')
                    .append(escape(value)));
    return line.toString();
  }

  /** The names and values of a line. */
  static Map<String, String> decode(String line) {
    Map<String, String> fields = new TreeMap<>();
    for (String field : line.strip().split("&")) {
      int equals = field.indexOf('=');
      if (equals > 0) {
        fields.put(unescape(field.substring(0, equals)), unescape(field.substring(equals + 1)));
      }
    }
    return fields;
  }

  private static String escape(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  /** The text; as it is where it was not written here. */
  private static String unescape(String text) {
    try {
      return URLDecoder.decode(text, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return text;
    }
  }
}
