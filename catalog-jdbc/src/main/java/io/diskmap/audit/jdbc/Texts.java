package io.diskmap.audit.jdbc;

import java.nio.charset.StandardCharsets;

/** Makes a text such that every database keeps it unchanged. Any thread may use it. */
final class Texts {
  private static final String CUT = "…";

  private Texts() {}

  /**
   * The text with NUL and lone surrogates written as {@code \\u0000}, cut off where it is longer
   * than so many bytes of UTF-8.
   */
  static String storable(String text, int maxBytes) {
    String clean = isClean(text) ? text : escaped(text);
    if (clean.length() * 3 <= maxBytes) {
      return clean;
    }
    return clean.getBytes(StandardCharsets.UTF_8).length <= maxBytes ? clean : cut(clean, maxBytes);
  }

  private static boolean isClean(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == 0 || Character.isSurrogate(c)) {
        return false;
      }
    }
    return true;
  }

  private static String escaped(String text) {
    StringBuilder result = new StringBuilder(text.length() + 16);
    int i = 0;
    while (i < text.length()) {
      int point = text.codePointAt(i);
      if (point == 0 || (point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE)) {
        result.append("\\u%04x".formatted(point));
      } else {
        result.appendCodePoint(point);
      }
      i += Character.charCount(point);
    }
    return result.toString();
  }

  private static String cut(String text, int maxBytes) {
    int left = maxBytes - CUT.getBytes(StandardCharsets.UTF_8).length;
    int end = 0;
    while (end < text.length()) {
      int point = text.codePointAt(end);
      left -= point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
      if (left < 0) {
        break;
      }
      end += Character.charCount(point);
    }
    return text.substring(0, end) + CUT;
  }
}
