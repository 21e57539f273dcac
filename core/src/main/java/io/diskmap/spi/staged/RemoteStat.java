package io.diskmap.spi.staged;

import java.time.Instant;
import java.util.Optional;

/**
 * What a server tells of one name, links not followed.
 *
 * <p>Immutable.
 *
 * @param kind what stands there
 * @param size bytes
 * @param modified by the server's clock
 * @param mode the permission bits, or -1 where the server has none
 * @param version the text of the version tag: it changes with the content and stays over a rename
 * @param fileId what tells the file from every other one and stays over a rename, where the server
 *     has it
 */
public record RemoteStat(
    Kind kind, long size, Instant modified, int mode, String version, Optional<String> fileId) {
  /** What a name can stand for. */
  public enum Kind {
    FILE,
    DIRECTORY,
    LINK,
    OTHER
  }

  /** Whether it is a regular file. */
  public boolean isFile() {
    return kind == Kind.FILE;
  }

  /** Whether it is a directory. */
  public boolean isDirectory() {
    return kind == Kind.DIRECTORY;
  }

  /** Whether the other look saw the same version of the same file. */
  public boolean isSame(RemoteStat other) {
    return kind == other.kind && version.equals(other.version) && fileId.equals(other.fileId);
  }
}
