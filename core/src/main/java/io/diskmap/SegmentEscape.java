package io.diskmap;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** The reversible escape of any text to one valid segment. Stateless. */
final class SegmentEscape {
  private static final String HEX = "0123456789ABCDEF";

  private SegmentEscape() {}

  static String escape(String text) throws StorageException {
    StringBuilder out = new StringBuilder(text.length() + 8);
    boolean dots = text.equals(".") || text.equals("..");
    for (int i = 0; i < text.length(); ) {
      int codePoint = text.codePointAt(i);
      boolean reserved = i == 0 && (dots || text.startsWith(StoragePath.RESERVED_PREFIX));
      if (reserved || mustEscape(codePoint)) {
        byte[] utf8 = new String(Character.toChars(codePoint)).getBytes(StandardCharsets.UTF_8);
        for (byte b : utf8) {
          out.append('%').append(HEX.charAt((b >> 4) & 15)).append(HEX.charAt(b & 15));
        }
      } else {
        out.appendCodePoint(codePoint);
      }
      i += Character.charCount(codePoint);
    }
    return StoragePath.of(out.toString()).value();
  }

  private static boolean mustEscape(int codePoint) {
    return codePoint == '%'
        || codePoint == '/'
        || codePoint == '\\'
        || codePoint < 0x20
        || (codePoint >= 0x7F && codePoint <= 0x9F)
        || (codePoint >= 0xF001 && codePoint <= 0xF0FF);
  }

  static String unescape(String segment) throws StorageException {
    byte[] in = segment.getBytes(StandardCharsets.UTF_8);
    ByteBuffer out = ByteBuffer.allocate(in.length);
    for (int i = 0; i < in.length; i++) {
      if (in[i] != '%') {
        out.put(in[i]);
        continue;
      }
      int high = i + 2 <= in.length - 1 ? Character.digit(in[i + 1], 16) : -1;
      int low = high >= 0 ? Character.digit(in[i + 2], 16) : -1;
      if (low < 0) {
        throw notEscaped(null);
      }
      out.put((byte) (high << 4 | low));
      i += 2;
    }
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(out.flip()).toString();
    } catch (CharacterCodingException e) {
      throw notEscaped(e);
    }
  }

  private static StorageException notEscaped(@Nullable Throwable cause) {
    return StorageException.of(
        ErrorKind.PATH_INVALID,
        "The segment is not one that StoragePath.segment made: '%' is not followed by two hex digits"
            + " of UTF-8.",
        cause);
  }
}
