package io.diskmap.local;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.attribute.PosixFileAttributeView;
import java.util.concurrent.locks.LockSupport;

/**
 * Takes back what was made by a path that led to another directory than the open one that was
 * meant.
 *
 * <p>Stateless. Whoever swaps directories may swap them back before the taking back, so the other
 * directory is waited for, a little, and what is removed is removed through its handle.
 */
final class Astray {
  private static final Path HERE = Path.of(".");
  private static final int LOOKS = 100;
  private static final long PAUSE_NANOS = 50_000;

  private Astray() {}

  /** Removes what was made, where it is in this directory; false where it is not. */
  @FunctionalInterface
  interface Removal {
    boolean isDone(SecureDirectoryStream<Path> elsewhere) throws IOException;
  }

  /** Whether it was found in another directory than the one meant, and removed there. */
  static boolean isTakenBack(Path path, Object meant, Removal removal) throws IOException {
    for (int look = 0; look < LOOKS; look++) {
      try (DirectoryStream<Path> opened = Files.newDirectoryStream(path.resolve(HERE))) {
        if (opened instanceof SecureDirectoryStream<Path> there
            && !keyOf(there).equals(meant)
            && removal.isDone(there)) {
          return true;
        }
      } catch (FileSystemException leadsNowhere) {
        // The path leads to no directory, or the name is not in it: the next look may find it.
      }
      LockSupport.parkNanos(PAUSE_NANOS);
    }
    return false;
  }

  private static Object keyOf(SecureDirectoryStream<Path> directory) throws IOException {
    return directory.getFileAttributeView(PosixFileAttributeView.class).readAttributes().fileKey();
  }
}
