package io.diskmap.smb.wire;

import java.nio.ByteBuffer;

/**
 * The server's name for an open file, valid on one connection.
 *
 * <p>Immutable.
 */
public record FileId(long persistent, long unstable) {
  /** The file that an earlier request of the same compound has opened. */
  public static final FileId RELATED = new FileId(-1, -1);

  void put(ByteBuffer out) {
    out.putLong(persistent).putLong(unstable);
  }

  static FileId get(ByteBuffer in) {
    return new FileId(in.getLong(), in.getLong());
  }
}
