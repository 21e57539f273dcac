package io.diskmap.nfs.v4;

/** What a name stands for. */
public enum FileKind {
  /** A regular file. */
  FILE,
  /** A directory. */
  DIRECTORY,
  /** A symbolic link. */
  LINK,
  /** A device, a pipe, a socket. */
  OTHER;

  static FileKind of(int type) {
    return switch (type) {
      case 1 -> FILE;
      case 2 -> DIRECTORY;
      case 5 -> LINK;
      default -> OTHER;
    };
  }
}
