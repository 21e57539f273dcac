package io.diskmap.http.protocol;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The query of a request target, decoded exactly once. Immutable.
 *
 * <p>Percent escapes must be complete and the decoded octets must be UTF-8 in its shortest form:
 * anything else is refused rather than replaced, so that no two spellings reach one file by
 * accident. {@code +} stands for a space. A parameter that is given twice is refused, because two
 * readers would pick two different values.
 */
public final class Query {
  private final Map<String, String> values;

  private Query(Map<String, String> values) {
    this.values = values;
  }

  /** Reads the part of the request target behind the question mark; {@code ""} has no parameter. */
  public static Query parse(String raw) throws MalformedException {
    Map<String, String> values = new LinkedHashMap<>();
    int from = 0;
    while (from < raw.length()) {
      int to = raw.indexOf('&', from);
      if (to < 0) {
        to = raw.length();
      }
      if (to > from) {
        int equals = raw.indexOf('=', from);
        boolean bare = equals < 0 || equals > to;
        String name = decode(raw.substring(from, bare ? to : equals));
        String value = bare ? "" : decode(raw.substring(equals + 1, to));
        if (values.put(name, value) != null) {
          throw new MalformedException("a query parameter is given more than once");
        }
      }
      from = to + 1;
    }
    return new Query(values);
  }

  /**
   * The decoded value, empty when the parameter is absent; a bare name has the value {@code ""}.
   */
  public Optional<String> get(String name) {
    return Optional.ofNullable(values.get(name));
  }

  /**
   * Refuses a parameter that is none of these: a call that removes files never runs without a limit
   * whose name was misspelt.
   */
  public void requireOnly(Set<String> known) throws MalformedException {
    for (String name : values.keySet()) {
      if (!known.contains(name)) {
        throw new MalformedException(
            "the call has a parameter that it does not know; it knows "
                + String.join(", ", new TreeSet<>(known)));
      }
    }
  }

  /** A whole number of at least {@code least}, or {@code absent} when the parameter is missing. */
  public long number(String name, long least, long absent) throws MalformedException {
    String text = values.get(name);
    if (text == null) {
      return absent;
    }
    long number = wholeNumber(text);
    if (number < least) {
      throw new MalformedException("parameter " + name + " must be a whole number from " + least);
    }
    return number;
  }

  /** A yes or no: {@code true}, {@code 1} and a bare name mean yes, {@code false} and 0 mean no. */
  public boolean flag(String name, boolean absent) throws MalformedException {
    String text = values.get(name);
    if (text == null) {
      return absent;
    }
    return switch (text) {
      case "", "true", "1" -> true;
      case "false", "0" -> false;
      default -> throw new MalformedException("parameter " + name + " must be true or false");
    };
  }

  /** Reads decimal digits only; -1 stands for anything else, also for more than 18 digits. */
  static long wholeNumber(String text) {
    if (text.isEmpty() || text.length() > 18) {
      return -1;
    }
    long number = 0;
    for (int i = 0; i < text.length(); i++) {
      int digit = text.charAt(i) - '0';
      if (digit < 0 || digit > 9) {
        return -1;
      }
      number = number * 10 + digit;
    }
    return number;
  }

  private static String decode(String raw) throws MalformedException {
    ByteBuffer octets = ByteBuffer.allocate(raw.length());
    for (int i = 0; i < raw.length(); i++) {
      char c = raw.charAt(i);
      if (c == '%') {
        int high = i + 2 < raw.length() ? hex(raw.charAt(i + 1)) : -1;
        int low = i + 2 < raw.length() ? hex(raw.charAt(i + 2)) : -1;
        if (high < 0 || low < 0) {
          throw new MalformedException("the query has a broken percent escape");
        }
        octets.put((byte) (high << 4 | low));
        i += 2;
      } else if (c == '+') {
        octets.put((byte) ' ');
      } else if (c > ' ' && c < 0x7f) {
        octets.put((byte) c);
      } else {
        throw new MalformedException("the query has a character that must be percent-encoded");
      }
    }
    octets.flip();
    try {
      CharBuffer text =
          StandardCharsets.UTF_8
              .newDecoder()
              .onMalformedInput(CodingErrorAction.REPORT)
              .onUnmappableCharacter(CodingErrorAction.REPORT)
              .decode(octets);
      return text.toString();
    } catch (CharacterCodingException e) {
      throw new MalformedException("the query is not UTF-8");
    }
  }

  private static int hex(char c) {
    return c < 0x80 ? Character.digit(c, 16) : -1;
  }
}
