package io.diskmap.http.protocol;

/** Grammar checks for header values that arrive from a caller. Stateless. */
public final class Token {
  private static final String TOKEN_MARKS = "!#$%&'*+-.^_`|~";

  private Token() {}

  /** Whether the text is a media type with token parameters, and at most 255 characters. */
  public static boolean isMediaType(String text) {
    if (text.length() > 255 || !isPlain(text)) {
      return false;
    }
    String[] parts = text.split(";", -1);
    String[] type = parts[0].strip().split("/", -1);
    if (type.length != 2 || !isToken(type[0]) || !isToken(type[1])) {
      return false;
    }
    for (int i = 1; i < parts.length; i++) {
      String[] pair = parts[i].strip().split("=", 2);
      if (pair.length != 2 || !isToken(pair[0]) || !isTokenOrQuoted(pair[1])) {
        return false;
      }
    }
    return true;
  }

  /** Whether the text is 8 to 128 letters, digits, dots, hyphens and underscores. */
  public static boolean isRequestId(String text) {
    return text.length() >= 8
        && text.length() <= 128
        && text.chars().allMatch(c -> isAlphanumeric(c) || c == '.' || c == '_' || c == '-');
  }

  /** Whether the text is visible ASCII or blanks, without a line break: fit for any header. */
  public static boolean isPlain(String text) {
    return text.chars().allMatch(c -> c >= 0x20 && c < 0x7f);
  }

  static boolean isToken(String text) {
    return !text.isEmpty()
        && text.chars().allMatch(c -> isAlphanumeric(c) || TOKEN_MARKS.indexOf(c) >= 0);
  }

  private static boolean isTokenOrQuoted(String text) {
    if (isToken(text)) {
      return true;
    }
    return text.length() >= 2
        && text.startsWith("\"")
        && text.endsWith("\"")
        && text.chars()
            .skip(1)
            .limit(text.length() - 2L)
            .allMatch(c -> c >= 0x20 && c < 0x7f && c != '"' && c != '\\');
  }

  private static boolean isAlphanumeric(int c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  }
}
