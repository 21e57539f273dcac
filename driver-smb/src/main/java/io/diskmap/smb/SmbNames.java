package io.diskmap.smb;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Names as SMB stores them, and back. Stateless.
 *
 * <p>What the protocol does not take in a name stands as a character of the private area at U+F000:
 * the characters {@code : * ? " < > |}, a dot or a space at the end, and the first letter of a
 * device's name such as {@code CON}. Names of the contract hold no character of that area, so the
 * way back is sure.
 */
final class SmbNames {
  private static final char SHIFT = '\uF000';
  private static final String REFUSED = ":*?\"<>|";
  private static final Set<String> DEVICES = Set.of("CON", "PRN", "AUX", "NUL", "CLOCK$");

  private SmbNames() {}

  /** A name as it is stored. */
  static String stored(String name) {
    StringBuilder text = null;
    int last = name.length() - 1;
    for (int i = 0; i <= last; i++) {
      char c = name.charAt(i);
      boolean atEnd = i == last && (c == '.' || c == ' ');
      boolean first = i == 0 && isDevice(name);
      if (REFUSED.indexOf(c) >= 0 || c < ' ' || atEnd || first) {
        if (text == null) {
          text = new StringBuilder(name);
        }
        text.setCharAt(i, (char) (SHIFT + c));
      }
    }
    return text == null ? name : text.toString();
  }

  /** A stored name as the contract writes it; empty where no name of the contract is stored so. */
  static Optional<String> original(String stored) {
    boolean shifted = false;
    for (int i = 0; i < stored.length(); i++) {
      shifted |= isShifted(stored.charAt(i));
    }
    if (!shifted) {
      return stored.equals(stored(stored)) ? Optional.of(stored) : Optional.empty();
    }
    StringBuilder text = new StringBuilder(stored);
    for (int i = 0; i < stored.length(); i++) {
      if (isShifted(stored.charAt(i))) {
        text.setCharAt(i, (char) (stored.charAt(i) - SHIFT));
      }
    }
    String name = text.toString();
    return stored(name).equals(stored) ? Optional.of(name) : Optional.empty();
  }

  private static boolean isShifted(char c) {
    return c > SHIFT && c < SHIFT + 0x80;
  }

  /** A path of the contract as the server takes it, below these names. */
  static String remote(List<String> root, String path) {
    String above = String.join("\\", root);
    if (path.isEmpty()) {
      return above;
    }
    String below =
        List.of(path.split("/")).stream().map(SmbNames::stored).collect(Collectors.joining("\\"));
    return above.isEmpty() ? below : above + '\\' + below;
  }

  private static boolean isDevice(String name) {
    int dot = name.indexOf('.');
    String base =
        (dot < 0 ? name : name.substring(0, dot)).stripTrailing().toUpperCase(Locale.ROOT);
    if (base.length() == 4 && (base.startsWith("COM") || base.startsWith("LPT"))) {
      return "0123456789\u00B9\u00B2\u00B3".indexOf(base.charAt(3)) >= 0;
    }
    return DEVICES.contains(base);
  }

  /**
   * Whether the name that the server tells is the one that was asked for, letter by letter. It can
   * be another one where the server folds case or knows the file by a short name too.
   */
  static boolean isExact(String asked, String told) {
    if (told.equals(asked) || told.endsWith('\\' + asked) || asked.isEmpty()) {
      return true;
    }
    int length = asked.length();
    boolean folded =
        told.length() >= length
            && told.regionMatches(true, told.length() - length, asked, 0, length);
    return !folded && last(told).equals(last(asked));
  }

  private static String last(String path) {
    return path.substring(path.lastIndexOf('\\') + 1);
  }
}
