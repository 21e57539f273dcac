package io.diskmap.local;

import java.io.IOException;
import java.nio.file.Path;

/**
 * Opens the root of a disk, and with it chooses how everything below is reached. Stateless.
 *
 * <p>The jar holds a second version of this class for Java 22 and later, which takes the system's
 * own calls where it may.
 */
final class RootDir {
  private RootDir() {}

  /** Opens a root; the path's own links are resolved by the caller. */
  static Dir open(Path absolute) throws IOException {
    return SecureDir.root(absolute);
  }
}
