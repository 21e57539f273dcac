package io.diskmap;

import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * A pattern over whole storage paths. Immutable; any thread may use it.
 *
 * <p>{@code *} stands for any text within a segment, {@code **} for any text with its slashes,
 * {@code ?} for one character within a segment; a leading or inner <code>**&#47;</code> also stands
 * for nothing. Every other character is itself, on every platform.
 */
final class PathGlob {
  private final Pattern pattern;

  private PathGlob(Pattern pattern) {
    this.pattern = pattern;
  }

  /**
   * A pattern.
   *
   * @throws IllegalArgumentException where the text is empty or begins or ends with a slash
   */
  static PathGlob of(String text) {
    if (text.isEmpty() || text.startsWith("/") || text.endsWith("/")) {
      throw new IllegalArgumentException(
          "a pattern of paths is not empty and neither begins nor ends with /");
    }
    try {
      return new PathGlob(Pattern.compile(regex(text), Pattern.DOTALL));
    } catch (PatternSyntaxException e) {
      throw new IllegalArgumentException("this is no pattern of paths: " + text, e);
    }
  }

  private static String regex(String text) {
    StringBuilder regex = new StringBuilder();
    int at = 0;
    while (at < text.length()) {
      int symbol = text.codePointAt(at);
      if (text.startsWith("**/", at) && (at == 0 || text.charAt(at - 1) == '/')) {
        regex.append("(?:.*/)?");
        at += 3;
      } else if (text.startsWith("**", at)) {
        regex.append(".*");
        at += 2;
      } else {
        switch (symbol) {
          case '*' -> regex.append("[^/]*");
          case '?' -> regex.append("[^/]");
          default -> regex.append(Pattern.quote(Character.toString(symbol)));
        }
        at += Character.charCount(symbol);
      }
    }
    return regex.toString();
  }

  boolean matches(StoragePath path) {
    return pattern.matcher(path.value()).matches();
  }
}
