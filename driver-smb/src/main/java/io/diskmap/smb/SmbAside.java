package io.diskmap.smb;

import io.diskmap.spi.RandomId;

/** Hidden names for files that go. Stateless. */
final class SmbAside {
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
    return path.substring(0, path.lastIndexOf('\\') + 1) + PREFIX + "-" + RandomId.hex();
  }
}
