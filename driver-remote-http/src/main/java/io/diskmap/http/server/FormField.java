package io.diskmap.http.server;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The parameters of a part's {@code Content-Disposition} (RFC 7578, 4.2). Stateless. */
final class FormField {
  private static final Pattern PARAMETER =
      Pattern.compile(
          ";\\s*([!#$%&'*+.^_`|~A-Za-z0-9-]+)\\s*=\\s*(?:\"((?:[^\"\\\\]|\\\\.)*)\"|([^\\s;\"]*))");

  private FormField() {}

  /** A parameter's value out of a part's headers, whose octets stand as characters. */
  static Optional<String> parameter(String headers, String name) {
    Optional<String> disposition =
        headers
            .lines()
            .filter(line -> line.toLowerCase(Locale.ROOT).startsWith("content-disposition:"))
            .findFirst();
    if (disposition.isEmpty()) {
      return Optional.empty();
    }
    Matcher parameters = PARAMETER.matcher(disposition.get());
    while (parameters.find()) {
      if (parameters.group(1).equalsIgnoreCase(name)) {
        String quoted = parameters.group(2);
        String value = quoted == null ? parameters.group(3) : quoted.replaceAll("\\\\(.)", "$1");
        byte[] octets = value.getBytes(StandardCharsets.ISO_8859_1);
        return Optional.of(new String(octets, StandardCharsets.UTF_8));
      }
    }
    return Optional.empty();
  }
}
