package io.diskmap.local;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HexFormat;

/** The hidden names of files that are staged, or captured for a delete on condition. Stateless. */
final class StagedNames {
  static final String PREFIX = ".diskmap-";
  private static final SecureRandom RANDOM = new SecureRandom();

  private StagedNames() {}

  /** The name beside its target of what a save stages. */
  static Path of(String writeId) {
    return Path.of(PREFIX + writeId);
  }

  /** An id of the form of a write id. */
  static String randomId() {
    byte[] bytes = new byte[16];
    RANDOM.nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }
}
