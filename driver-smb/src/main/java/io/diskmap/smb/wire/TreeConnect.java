package io.diskmap.smb.wire;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Connects to a share. For one exchange. */
final class TreeConnect extends Request<TreeConnect.Tree> {
  /**
   * What the server tells of a share.
   *
   * @param type 1 for a disk
   * @param flags of the share
   * @param capabilities of the share
   */
  record Tree(int id, int type, int flags, int capabilities) {
    boolean isDisk() {
      return type == 1;
    }

    boolean wantsEncryption() {
      return (flags & 0x8000) != 0;
    }

    boolean isDfs() {
      return (capabilities & 0x8) != 0;
    }
  }

  private final byte[] path;

  /** The share at {@code \\host\share}. */
  TreeConnect(String host, String share) {
    super(Command.TREE_CONNECT);
    this.path = ("\\\\" + host + "\\" + share).getBytes(StandardCharsets.UTF_16LE);
  }

  @Override
  int length() {
    return 8 + path.length;
  }

  @Override
  void encode(ByteBuffer out) {
    out.putShort((short) 9).putShort((short) 0);
    out.putShort((short) (HEADER + 8)).putShort((short) path.length).put(path);
  }

  @Override
  Tree decode(ByteBuffer in, int status) {
    return new Tree(
        in.getInt(36), in.get(HEADER + 2), in.getInt(HEADER + 4), in.getInt(HEADER + 8));
  }
}
