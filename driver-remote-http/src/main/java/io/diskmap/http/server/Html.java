package io.diskmap.http.server;

import java.util.Locale;

/**
 * Builds a page of HTML out of tags that this server wrote and texts that anybody may have chosen.
 * Not for use by several threads.
 *
 * <p>{@link #tags} takes constants of this server only; everything else goes through {@link #text},
 * which leaves no character of it a meaning, neither between tags nor within a quoted attribute.
 */
final class Html {
  private final StringBuilder page = new StringBuilder(32 * 1024);

  /** Markup of this server. */
  Html tags(String markup) {
    page.append(markup);
    return this;
  }

  /** A text, escaped; what would turn or hide its neighbours is shown by its number. */
  Html text(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '&' -> page.append("&amp;");
        case '<' -> page.append("&lt;");
        case '>' -> page.append("&gt;");
        case '"' -> page.append("&quot;");
        case '\'' -> page.append("&#39;");
        default -> {
          if (isPlain(text, i)) {
            page.append(c);
          } else {
            page.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
          }
        }
      }
    }
    return this;
  }

  private static boolean isPlain(String text, int at) {
    char c = text.charAt(at);
    if (Character.isHighSurrogate(c)) {
      return at + 1 < text.length() && Character.isLowSurrogate(text.charAt(at + 1));
    }
    if (Character.isLowSurrogate(c)) {
      return at > 0 && Character.isHighSurrogate(text.charAt(at - 1));
    }
    return !Character.isISOControl(c) && Character.getType(c) != Character.FORMAT;
  }

  /** A number. */
  Html number(long number) {
    page.append(number);
    return this;
  }

  @Override
  public String toString() {
    return page.toString();
  }
}
