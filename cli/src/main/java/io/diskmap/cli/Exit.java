package io.diskmap.cli;

import io.diskmap.ErrorKind;

/** The exit codes of every command. */
final class Exit {
  /** It did what was asked. */
  static final int OK = 0;

  /** It failed. */
  static final int FAILURE = 1;

  /** The arguments, a path or the configuration are wrong; nothing was touched. */
  static final int USAGE = 2;

  /** The file, prefix or disk does not exist. */
  static final int NOT_FOUND = 3;

  private Exit() {}

  /** The exit code for a failure of this kind. */
  static int of(ErrorKind kind) {
    return switch (kind) {
      case NOT_FOUND -> NOT_FOUND;
      case PATH_INVALID -> USAGE;
      default -> FAILURE;
    };
  }
}
