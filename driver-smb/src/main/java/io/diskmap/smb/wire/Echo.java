package io.diskmap.smb.wire;

import java.nio.ByteBuffer;

/** Asks whether the server is there. For one exchange. */
public final class Echo extends Request<Boolean> {
  public Echo() {
    super(Command.ECHO);
  }

  @Override
  int length() {
    return 4;
  }

  @Override
  void encode(ByteBuffer out) {
    out.putShort((short) 4).putShort((short) 0);
  }

  @Override
  Boolean decode(ByteBuffer in, int status) {
    return true;
  }
}
