package io.diskmap.smb;

import java.security.SecureRandom;
import java.util.HexFormat;

/** Hidden names for files that go. Stateless. */
final class SmbAside {
  private static final SecureRandom RANDOM = new SecureRandom();

  private static final String PREFIX = ".diskmap";

  private SmbAside() {}

  /** Whether no user's file stands under a path of the server. */
  static boolean isHidden(String path) {
    return path.startsWith(PREFIX) || path.contains('\\' + PREFIX);
  }

  /** Whether it is the hidden name of one file, not one of the disk's own records. */
  static boolean isStaged(String path) {
    return path.startsWith(PREFIX + '-', path.lastIndexOf('\\') + 1);
  }

  /** A hidden name beside a path of the server. */
  static String of(String path) {
    byte[] id = new byte[16];
    RANDOM.nextBytes(id);
    return path.substring(0, path.lastIndexOf('\\') + 1)
        + PREFIX
        + "-"
        + HexFormat.of().formatHex(id);
  }
}
