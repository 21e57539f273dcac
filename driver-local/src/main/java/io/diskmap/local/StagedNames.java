package io.diskmap.local;

import io.diskmap.spi.RandomId;
import java.nio.file.Path;

/** The hidden names of files that are staged, or captured for a delete on condition. Stateless. */
final class StagedNames {
  static final String PREFIX = ".diskmap-";

  private StagedNames() {}

  /** The name beside its target of what a save stages. */
  static Path of(String writeId) {
    return Path.of(PREFIX + writeId);
  }

  /** An id of the form of a write id. */
  static String randomId() {
    return RandomId.hex();
  }
}
