package io.diskmap;

import java.util.Objects;

/**
 * An opaque mark of one version of a file: it changes with the content.
 *
 * <p>Immutable. A weak tag was taken so soon after the last change that the store's clock could not
 * tell another change; it resumes nothing and matches no condition (clause M1).
 *
 * @param value the mark; visible ASCII without quotes
 * @param strong whether an equal tag proves equal content
 */
public record VersionTag(String value, boolean strong) {
  public VersionTag {
    Objects.requireNonNull(value, "value");
    if (value.isEmpty() || !isVisible(value)) {
      throw new IllegalArgumentException("a version tag is visible ASCII without quotes");
    }
  }

  private static boolean isVisible(String value) {
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c <= 0x20 || c >= 0x7F || c == '"') {
        return false;
      }
    }
    return true;
  }

  /** A strong tag. */
  public static VersionTag strong(String value) {
    return new VersionTag(value, true);
  }

  /** A weak tag. */
  public static VersionTag weak(String value) {
    return new VersionTag(value, false);
  }

  /** Whether both are strong and equal, which proves that the content is the same. */
  public boolean matches(VersionTag other) {
    return strong && other.strong && value.equals(other.value);
  }
}
