package io.diskmap.nfs;

import java.util.Arrays;
import java.util.List;

/**
 * A path below the root as the names of its directories, and its own.
 *
 * <p>Immutable.
 */
record RemoteName(List<String> parents, String name) {
  RemoteName {
    parents = List.copyOf(parents);
  }

  /** A path with {@code /} between its segments, which is not the root. */
  static RemoteName of(String path) {
    List<String> all = segments(path);
    return new RemoteName(all.subList(0, all.size() - 1), all.get(all.size() - 1));
  }

  /** The segments of a path; none for the root. */
  static List<String> segments(String path) {
    return path.isEmpty() ? List.of() : Arrays.asList(path.split("/"));
  }
}
