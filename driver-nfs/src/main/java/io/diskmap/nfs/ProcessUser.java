package io.diskmap.nfs;

import io.diskmap.ErrorKind;
import io.diskmap.StorageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The numbers of the user that runs this process. Stateless. */
final class ProcessUser {
  private static final Path SELF = Path.of("/proc/self");

  private ProcessUser() {}

  static long uid() throws StorageException {
    return number("unix:uid", "uid");
  }

  static long gid() throws StorageException {
    return number("unix:gid", "gid");
  }

  private static long number(String attribute, String option) throws StorageException {
    try {
      return ((Number) Files.getAttribute(SELF, attribute)).longValue();
    } catch (IOException | UnsupportedOperationException | IllegalArgumentException e) {
      throw StorageException.of(
          ErrorKind.UNSUPPORTED,
          "This system does not tell who runs the process; give the option " + option + ".",
          e);
    }
  }
}
