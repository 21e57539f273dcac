package io.diskmap.nfs;

import io.diskmap.nfs.v4.Attributes;
import io.diskmap.nfs.v4.FileKind;
import io.diskmap.spi.staged.RemoteStat;
import java.time.Instant;
import java.util.Optional;

/**
 * Attributes as the contract sees them. Stateless.
 *
 * <p>A version is known by the file's number, its size and the time of its last write: these stay
 * over a rename, which the protocol's change attribute does not.
 */
final class NfsStats {
  private NfsStats() {}

  static RemoteStat of(Attributes attributes) {
    Instant modified = attributes.modified();
    String id = Long.toHexString(attributes.fileId());
    String version =
        id
            + '-'
            + Long.toHexString(attributes.size())
            + '-'
            + Long.toHexString(modified.getEpochSecond())
            + '.'
            + Integer.toHexString(modified.getNano());
    return new RemoteStat(
        kind(attributes.kind()),
        attributes.size(),
        modified,
        (int) attributes.mode().orElse(-1),
        version,
        Optional.of(id));
  }

  private static RemoteStat.Kind kind(FileKind kind) {
    return switch (kind) {
      case FILE -> RemoteStat.Kind.FILE;
      case DIRECTORY -> RemoteStat.Kind.DIRECTORY;
      case LINK -> RemoteStat.Kind.LINK;
      case OTHER -> RemoteStat.Kind.OTHER;
    };
  }
}
