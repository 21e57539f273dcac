package io.diskmap.http.protocol;

import java.util.Optional;

/**
 * An entity tag (RFC 9110, 8.8.3): the version tag of a file on the wire. Immutable.
 *
 * @param opaque the characters between the quotes
 * @param weak whether it is written with {@code W/} and therefore takes part in no strong
 *     comparison
 */
public record EntityTag(String opaque, boolean weak) {
  public EntityTag {
    for (int i = 0; i < opaque.length(); i++) {
      if (!isTagCharacter(opaque.charAt(i))) {
        throw new IllegalArgumentException("an entity tag holds visible characters but no quote");
      }
    }
  }

  /** Reads one entity tag; empty when the text is anything else. */
  public static Optional<EntityTag> parse(String text) {
    boolean weak = text.startsWith("W/");
    String quoted = weak ? text.substring(2) : text;
    if (quoted.length() < 2 || quoted.charAt(0) != '"' || !quoted.endsWith("\"")) {
      return Optional.empty();
    }
    String opaque = quoted.substring(1, quoted.length() - 1);
    for (int i = 0; i < opaque.length(); i++) {
      if (!isTagCharacter(opaque.charAt(i))) {
        return Optional.empty();
      }
    }
    return Optional.of(new EntityTag(opaque, weak));
  }

  /** Strong comparison: equal, and neither is weak. */
  public boolean matchesStrongly(EntityTag other) {
    return !weak && !other.weak && opaque.equals(other.opaque);
  }

  /** Weak comparison: equal, whatever the weakness. */
  public boolean matchesWeakly(EntityTag other) {
    return opaque.equals(other.opaque);
  }

  /** The header form. */
  @Override
  public String toString() {
    return (weak ? "W/\"" : "\"") + opaque + '"';
  }

  static boolean isTagCharacter(char c) {
    return c == 0x21 || (c >= 0x23 && c != 0x7f && c <= 0xff);
  }
}
