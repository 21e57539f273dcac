package io.diskmap.local;

import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Instant;
import java.util.Set;

/**
 * What one look at a name tells, links not followed.
 *
 * <p>Immutable.
 *
 * @param kind what it is
 * @param size bytes
 * @param key device and inode, equal for the same file
 * @param modified the time of the last change of the content
 * @param mode the permission bits
 */
record Attrs(Kind kind, long size, Object key, Instant modified, Set<PosixFilePermission> mode) {
  /** What a name can stand for. */
  enum Kind {
    FILE,
    DIRECTORY,
    LINK,
    OTHER
  }

  static Attrs of(PosixFileAttributes found) {
    Kind kind =
        found.isRegularFile()
            ? Kind.FILE
            : found.isDirectory()
                ? Kind.DIRECTORY
                : found.isSymbolicLink() ? Kind.LINK : Kind.OTHER;
    return new Attrs(
        kind,
        found.size(),
        found.fileKey(),
        found.lastModifiedTime().toInstant(),
        found.permissions());
  }

  boolean isFile() {
    return kind == Kind.FILE;
  }

  boolean isDirectory() {
    return kind == Kind.DIRECTORY;
  }

  boolean isLink() {
    return kind == Kind.LINK;
  }

  /**
   * The inode. The device is left out of everything that is kept, because a remounted file server
   * can come back under another one; the text form of the JDK's key has carried both since Java 7.
   */
  long inode() {
    if (key instanceof FileKey known) {
      return known.inode();
    }
    String text = key.toString();
    int at = text.indexOf("ino=");
    int end = text.indexOf(')', at);
    return Long.parseLong(text, at + 4, end, 10);
  }

  /** Whether the other look saw the same file with the same content. */
  boolean isSameContent(Attrs other) {
    return key.equals(other.key) && size == other.size && modified.equals(other.modified);
  }
}
