package io.diskmap.local;

import java.io.IOException;
import java.nio.file.Path;

/**
 * Opens the root of a disk, and with it chooses how everything below is reached, once for the
 * process: by the system's own calls where they are there and this module may call them, else by
 * what Java offers. Stateless.
 */
final class RootDir {
  private static final boolean NATIVE = NativeDir.isUsable();

  private RootDir() {}

  /** Opens a root; the path's own links are resolved by the caller. */
  static Dir open(Path absolute) throws IOException {
    return NATIVE ? NativeDir.root(absolute) : SecureDir.root(absolute);
  }
}
