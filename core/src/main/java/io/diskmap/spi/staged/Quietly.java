package io.diskmap.spi.staged;

import io.diskmap.ErrorKind;
import io.diskmap.StorageException;
import java.io.IOException;

/**
 * Steps whose failure changes nothing for the caller: the sweep finishes what they leave.
 * Stateless.
 */
final class Quietly {
  /** A step of tidying up. */
  @FunctionalInterface
  interface Step {
    void run() throws StorageException;
  }

  private Quietly() {}

  /** Runs a step; whether it succeeded. */
  static boolean run(Step step) {
    try {
      step.run();
      return true;
    } catch (StorageException leftToTheSweep) {
      return false;
    }
  }

  /** The failure of a record that has its check sum right and does not make sense. */
  static StorageException damaged(IOException cause) {
    return StorageException.of(
        ErrorKind.UNKNOWN,
        "A record of the disk was written by another version of the library; update this one.",
        cause);
  }
}
