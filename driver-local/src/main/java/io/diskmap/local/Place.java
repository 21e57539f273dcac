package io.diskmap.local;

import io.diskmap.StoragePath;
import java.nio.file.Path;
import java.util.List;

/**
 * A path as names of the file system: those of its directories, and its own.
 *
 * <p>Immutable.
 */
record Place(List<Path> parents, Path name) {
  Place {
    parents = List.copyOf(parents);
  }

  static Place of(StoragePath path) {
    List<Path> all = Names.paths(path.segments());
    return new Place(all.subList(0, all.size() - 1), all.get(all.size() - 1));
  }
}
