package io.diskmap.testkit.data;

import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * The catalogue of hostile and merely unusual path names: those that clause P1 refuses on every
 * disk, and those that clause P2 keeps exactly. Immutable, for any thread.
 */
public final class Names {
  private static final List<Name> REFUSED = RefusedNames.all();
  private static final List<Name> ACCEPTED = AcceptedNames.all();
  private static final List<NameGroup> CONFUSABLE = ConfusableNames.all();

  private Names() {}

  /** Paths that are refused before any I/O, each for one reason. */
  public static List<Name> refused() {
    return REFUSED;
  }

  /**
   * Valid paths. Saved one at a time, each must be read back and listed exactly so; some conflict
   * with others (a file against a directory), so all at once they do not fit on one disk unless
   * each gets a directory of its own.
   */
  public static List<Name> accepted() {
    return ACCEPTED;
  }

  /** Groups of valid paths that must stay apart, side by side on one disk. */
  public static List<NameGroup> confusable() {
    return CONFUSABLE;
  }

  /** A path of exactly this many bytes, of segments that are made of one character each. */
  static String path(String character, int bytes) {
    int width = character.getBytes(StandardCharsets.UTF_8).length;
    StringBuilder path = new StringBuilder();
    int left = bytes;
    while (left > 201) {
      path.append(character.repeat(200 / width)).append('/');
      left -= 200 / width * width + 1;
    }
    path.append("x".repeat(left % width)).append(character.repeat(left / width));
    return path.toString();
  }
}
