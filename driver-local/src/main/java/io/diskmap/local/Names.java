package io.diskmap.local;

import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Names as text and as the bytes that the file system holds, which are always UTF-8. Stateless.
 *
 * <p>Java encodes paths by the locale of the process. Where that is not UTF-8, names that it cannot
 * hold go by their percent-encoded form, which carries the bytes themselves.
 */
final class Names {
  private static final boolean UTF8 =
      System.getProperty("sun.jnu.encoding", "").toUpperCase(Locale.ROOT).matches("UTF-?8");
  private static final Path TOP = Path.of("/");

  private Names() {}

  /** A single name as a relative path. */
  static Path path(String name) {
    if (UTF8 || isAscii(name)) {
      return Path.of(name);
    }
    StringBuilder uri = new StringBuilder("file:///");
    for (byte b : name.getBytes(StandardCharsets.UTF_8)) {
      uri.append('%').append("%02X".formatted(b & 0xFF));
    }
    return Path.of(URI.create(uri.toString())).getFileName();
  }

  /** Several names, in order. */
  static List<Path> paths(List<String> names) {
    return names.stream().map(Names::path).toList();
  }

  /** The text of a stored name; empty where its bytes are not UTF-8. */
  static Optional<String> text(Path name) {
    String text = name.toString();
    if (UTF8 && text.indexOf('\uFFFD') < 0) {
      return Optional.of(text);
    }
    try {
      ByteBuffer bytes = ByteBuffer.wrap(rawBytes(name));
      return Optional.of(StandardCharsets.UTF_8.newDecoder().decode(bytes).toString());
    } catch (CharacterCodingException e) {
      return Optional.empty();
    }
  }

  /** The text of a path's last name; empty where its bytes are not UTF-8. */
  static Optional<String> lastText(Path path) {
    String whole = path.toString();
    return UTF8 && whole.indexOf('\uFFFD') < 0
        ? Optional.of(whole.substring(whole.lastIndexOf('/') + 1))
        : text(path.getFileName());
  }

  /** A stored name for a report: its text, with what is not UTF-8 as {@code %XX}. */
  static String shown(Path name) {
    return text(name).orElseGet(() -> rawUri(name));
  }

  /** The bytes that a path stands for, one name or several. */
  static byte[] bytes(Path path) {
    String text = path.toString();
    return (UTF8 && text.indexOf('\uFFFD') < 0) || isAscii(text)
        ? text.getBytes(StandardCharsets.UTF_8)
        : rawBytes(path);
  }

  private static byte[] rawBytes(Path path) {
    String uri = rawUri(path);
    ByteArrayOutputStream out = new ByteArrayOutputStream(uri.length() + 1);
    if (path.isAbsolute()) {
      out.write('/');
    }
    for (int i = 0; i < uri.length(); i++) {
      if (uri.charAt(i) == '%') {
        out.write(Integer.parseInt(uri.substring(i + 1, i + 3), 16));
        i += 2;
      } else {
        out.write(uri.charAt(i));
      }
    }
    return out.toByteArray();
  }

  /** The percent-encoded bytes; a directory of this name at the top adds a slash, which goes. */
  private static String rawUri(Path name) {
    String uri = TOP.resolve(name).toUri().getRawPath();
    return uri.substring(1, uri.endsWith("/") ? uri.length() - 1 : uri.length());
  }

  private static boolean isAscii(String name) {
    return name.chars().allMatch(c -> c < 0x80);
  }
}
