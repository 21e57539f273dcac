package io.diskmap;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/**
 * A validated path of a file or a prefix: relative, {@code /}-separated, compared by UTF-8 bytes.
 *
 * <p>Immutable. The rules are the same on every driver (clause P1): no empty, {@code .} or {@code
 * ..} segment, no backslash, no control character, no lone surrogate, nothing in U+F001 to U+F0FF,
 * no segment that begins with {@code .diskmap}, at most 255 UTF-8 bytes a segment and 1024 in all.
 * Code points are kept exactly: nothing is trimmed, decoded, folded or normalised (clause P2).
 */
public final class StoragePath implements Comparable<StoragePath> {
  /** The most UTF-8 bytes that one segment may have. */
  public static final int MAX_SEGMENT_BYTES = 255;

  /** The most UTF-8 bytes that a whole path may have. */
  public static final int MAX_PATH_BYTES = 1024;

  /** How every name begins that Diskmap keeps for itself. */
  public static final String RESERVED_PREFIX = ".diskmap";

  private static final StoragePath ROOT = new StoragePath("");

  private final String value;

  private StoragePath(String value) {
    this.value = value;
  }

  /** The path of a file; {@link ErrorKind#PATH_INVALID} names the rule that the text breaks. */
  public static StoragePath of(String text) throws StorageException {
    String problem = PathRules.problemWith(text);
    if (problem != null) {
      throw StorageException.builder(ErrorKind.PATH_INVALID, problem).path(text, false).build();
    }
    return new StoragePath(text);
  }

  /** The path of a prefix: as {@link #of}, and the empty text is the root. */
  public static StoragePath prefix(String text) throws StorageException {
    return text.isEmpty() ? ROOT : of(text);
  }

  /** The empty prefix, which is above every file. */
  public static StoragePath root() {
    return ROOT;
  }

  /**
   * Joins segments, each exactly one valid segment, so that a user's id cannot add a {@code /}.
   *
   * @throws StorageException PATH_INVALID where one is not a valid segment
   */
  public static StoragePath join(String... segments) throws StorageException {
    for (String segment : segments) {
      if (segment.indexOf('/') >= 0) {
        throw StorageException.builder(
                ErrorKind.PATH_INVALID,
                "A segment contains '/'; pass each segment by itself, or escape it with"
                    + " StoragePath.segment.")
            .path(segment, false)
            .build();
      }
    }
    return of(String.join("/", segments));
  }

  /**
   * Any text as one valid segment: what a segment cannot hold is escaped as {@code %XX} of its
   * UTF-8 bytes, and {@link #unescape} gives the text back.
   *
   * @throws StorageException PATH_INVALID for a lone surrogate, an empty text, or one that is too
   *     long
   */
  public static String segment(String text) throws StorageException {
    return SegmentEscape.escape(text);
  }

  /** The text that {@link #segment} escaped. */
  public static String unescape(String segment) throws StorageException {
    return SegmentEscape.unescape(segment);
  }

  /** The path as text. */
  public String value() {
    return value;
  }

  /** Whether this is the root. */
  public boolean isRoot() {
    return value.isEmpty();
  }

  /** The segments in order; none for the root. */
  public List<String> segments() {
    return isRoot() ? List.of() : List.of(value.split("/", -1));
  }

  /** The last segment; empty for the root. */
  public String name() {
    return value.substring(value.lastIndexOf('/') + 1);
  }

  /** The path without its last segment: the root for a path of one segment, none for the root. */
  public Optional<StoragePath> parent() {
    if (isRoot()) {
      return Optional.empty();
    }
    int slash = value.lastIndexOf('/');
    return Optional.of(slash < 0 ? ROOT : new StoragePath(value.substring(0, slash)));
  }

  /** This path followed by another; PATH_INVALID where the result is too long. */
  public StoragePath resolve(StoragePath below) throws StorageException {
    if (isRoot()) {
      return below;
    }
    return below.isRoot() ? this : of(value + '/' + below.value);
  }

  /**
   * Whether this path is below the prefix, by whole segments; the root has every other path below.
   */
  public boolean isBelow(StoragePath prefix) {
    if (prefix.isRoot()) {
      return !isRoot();
    }
    int length = prefix.value.length();
    return value.length() > length && value.charAt(length) == '/' && value.startsWith(prefix.value);
  }

  /** What remains of this path below the prefix; it must be below it. */
  public StoragePath relativeTo(StoragePath prefix) {
    if (prefix.isRoot()) {
      return this;
    }
    if (!isBelow(prefix)) {
      throw new IllegalArgumentException("the path is not below the prefix");
    }
    return new StoragePath(value.substring(prefix.value.length() + 1));
  }

  /** The UTF-8 bytes. */
  public byte[] utf8() {
    return value.getBytes(StandardCharsets.UTF_8);
  }

  /** Compares by unsigned UTF-8 bytes, the order of every listing (clause L2). */
  @Override
  public int compareTo(StoragePath other) {
    return compareUtf8(value, other.value);
  }

  /** Compares two texts by the unsigned bytes of their UTF-8 form, without encoding them. */
  public static int compareUtf8(String left, String right) {
    int length = Math.min(left.length(), right.length());
    for (int i = 0; i < length; i++) {
      char a = left.charAt(i);
      char b = right.charAt(i);
      if (a != b) {
        boolean surrogateA = Character.isSurrogate(a);
        boolean surrogateB = Character.isSurrogate(b);
        return surrogateA == surrogateB ? Character.compare(a, b) : surrogateA ? 1 : -1;
      }
    }
    return Integer.compare(left.length(), right.length());
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof StoragePath path && path.value.equals(value);
  }

  @Override
  public int hashCode() {
    return value.hashCode();
  }

  /** The path as text; it can carry patient data. */
  @Override
  public String toString() {
    return value;
  }
}
