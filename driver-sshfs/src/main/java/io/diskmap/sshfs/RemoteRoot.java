package io.diskmap.sshfs;

import io.diskmap.spi.staged.RemoteStat;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A directory of the server as the root of paths, all of which stay below it.
 *
 * <p>Immutable.
 *
 * @param path absolute, as the server resolves it
 */
record RemoteRoot(String path) {
  /** The server's path of one below the root; the empty text is the root itself. */
  byte[] absolute(String relative) {
    String slash = path.endsWith("/") ? "" : "/";
    return (relative.isEmpty() ? path : path + slash + relative).getBytes(StandardCharsets.UTF_8);
  }

  /** The directories above a path, from the top, without the root. */
  static List<String> parents(String relative) {
    List<String> found = new ArrayList<>();
    for (int slash = relative.indexOf('/'); slash >= 0; slash = relative.indexOf('/', slash + 1)) {
      found.add(relative.substring(0, slash));
    }
    return found;
  }

  /** What the directories above a path were found to be. */
  enum Way {
    /** All are directories. */
    CLEAR,
    /** One is missing. */
    MISSING,
    /** Something else than a directory stands in the place of one. */
    BLOCKED,
    /** A link stands in the place of one. */
    LINK
  }

  static Way way(RemoteStat.Kind kind) {
    return switch (kind) {
      case DIRECTORY -> Way.CLEAR;
      case LINK -> Way.LINK;
      default -> Way.BLOCKED;
    };
  }
}
