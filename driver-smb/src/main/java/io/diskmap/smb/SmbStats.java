package io.diskmap.smb;

import io.diskmap.smb.wire.FileInfo;
import io.diskmap.spi.staged.RemoteStat;
import java.time.Instant;
import java.util.Optional;

/**
 * Attributes as the contract sees them. Stateless.
 *
 * <p>A version is known by the file's number, its size and the time of its last write; these stay
 * over a rename.
 */
final class SmbStats {
  private SmbStats() {}

  static RemoteStat of(FileInfo info) {
    return of(info.id(), info.size(), info.modified(), kind(info));
  }

  /** What stands under another name than the one that was asked for. */
  static RemoteStat other(FileInfo info) {
    return of(info.id(), info.size(), info.modified(), RemoteStat.Kind.OTHER);
  }

  static RemoteStat file(long id, long size, Instant modified) {
    return of(id, size, modified, RemoteStat.Kind.FILE);
  }

  private static RemoteStat of(long number, long size, Instant modified, RemoteStat.Kind kind) {
    String id = Long.toHexString(number);
    String version =
        id
            + '-'
            + Long.toHexString(size)
            + '-'
            + Long.toHexString(modified.getEpochSecond())
            + '.'
            + Integer.toHexString(modified.getNano());
    return new RemoteStat(kind, size, modified, -1, version, Optional.of(id));
  }

  private static RemoteStat.Kind kind(FileInfo info) {
    if (info.isReparsePoint()) {
      return RemoteStat.Kind.LINK;
    }
    if (info.isDirectory()) {
      return RemoteStat.Kind.DIRECTORY;
    }
    boolean device = (info.attributes() & FileInfo.DEVICE) != 0;
    return device ? RemoteStat.Kind.OTHER : RemoteStat.Kind.FILE;
  }
}
