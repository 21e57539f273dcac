package io.diskmap.cli;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where an argument of the command points: {@code disk:path}, a local file, or {@code -}.
 * Immutable.
 *
 * <p>A colon after a word that can name a disk makes a place on a disk; {@code ./a:b} is a local
 * file whose name has one.
 */
sealed interface Place {
  /** Standard input or output. */
  record Standard() implements Place {}

  /** A local file or directory. */
  record Local(Path path) implements Place {}

  /**
   * A file or a prefix of a disk; whether the path is a valid one is for the storage to say.
   *
   * @param disk the disk's name
   * @param path as it was given
   */
  record OnDisk(String disk, String path) implements Place {
    private static final Pattern FORM =
        Pattern.compile("([A-Za-z0-9][A-Za-z0-9_.-]{0,63}):(.*)", Pattern.DOTALL);

    /** A place on a disk. */
    static OnDisk parse(String text) {
      Matcher form = FORM.matcher(text);
      if (!form.matches()) {
        throw new UsageException(
            "'%s' is no place on a disk; write disk:path.".formatted(Text.visible(text)));
      }
      return new OnDisk(form.group(1), form.group(2));
    }

    /** Whether this asks for a directory: empty, or with a slash at its end. */
    boolean isDirectory() {
      return path.isEmpty() || path.endsWith("/");
    }

    /** The path as a prefix: without the one slash that it may end with. */
    String prefix() {
      return path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
    }

    /** The path of a file with this name, where a directory is meant; else the path itself. */
    String fileNamed(String name) {
      return isDirectory() ? path + name : path;
    }

    /** The last name of the path. */
    String name() {
      String prefix = prefix();
      return prefix.substring(prefix.lastIndexOf('/') + 1);
    }

    @Override
    public String toString() {
      return disk + ":" + Text.visible(path);
    }
  }

  /** The place that an argument means. */
  static Place parse(String text) {
    if (text.equals("-")) {
      return new Standard();
    }
    if (OnDisk.FORM.matcher(text).matches()) {
      return OnDisk.parse(text);
    }
    try {
      return new Local(Path.of(text));
    } catch (InvalidPathException e) {
      throw new UsageException("The local path is not valid: " + e.getReason() + ".");
    }
  }
}
