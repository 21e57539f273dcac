package io.diskmap.sshfs;

import io.diskmap.StorageException;
import io.diskmap.spi.staged.RemoteStat;
import java.time.Instant;
import java.util.Optional;

/**
 * What the server tells of a file.
 *
 * <p>Immutable. Times are whole seconds.
 *
 * @param size bytes
 * @param owner the user's number, or -1
 * @param group the group's number, or -1
 * @param mode type and permission bits, or -1
 * @param accessed the time of the last access in seconds since 1970
 * @param modified the time of the last change in seconds since 1970
 */
record FileAttributes(long size, int owner, int group, int mode, long accessed, long modified) {
  private static final int TYPE = 0170000;
  private static final int DIRECTORY = 0040000;
  private static final int REGULAR = 0100000;
  private static final int LINK = 0120000;

  static FileAttributes read(SftpReply in) throws StorageException {
    int flags = in.number();
    long size = (flags & Sftp.ATTR_SIZE) != 0 ? in.number64() : 0;
    int owner = -1;
    int group = -1;
    if ((flags & Sftp.ATTR_OWNER) != 0) {
      owner = in.number();
      group = in.number();
    }
    int mode = (flags & Sftp.ATTR_MODE) != 0 ? in.number() : -1;
    long accessed = 0;
    long modified = 0;
    if ((flags & Sftp.ATTR_TIMES) != 0) {
      accessed = in.number() & 0xFFFFFFFFL;
      modified = in.number() & 0xFFFFFFFFL;
    }
    if ((flags & Sftp.ATTR_EXTENDED) != 0) {
      for (int left = in.number(); left > 0; left--) {
        in.text();
        in.text();
      }
    }
    return new FileAttributes(size, owner, group, mode, accessed, modified);
  }

  /**
   * Whether the server told all that a listing needs: mode, and size and time unless they are 0.
   */
  boolean isWhole() {
    return mode >= 0 && modified > 0;
  }

  RemoteStat.Kind kind() {
    return switch (mode & TYPE) {
      case DIRECTORY -> RemoteStat.Kind.DIRECTORY;
      case REGULAR -> RemoteStat.Kind.FILE;
      case LINK -> RemoteStat.Kind.LINK;
      default -> RemoteStat.Kind.OTHER;
    };
  }

  RemoteStat stat() {
    return new RemoteStat(
        kind(),
        kind() == RemoteStat.Kind.FILE ? size : 0,
        Instant.ofEpochSecond(modified),
        mode < 0 ? -1 : mode & 07777,
        Long.toHexString(size) + '-' + Long.toHexString(modified),
        Optional.empty());
  }
}
