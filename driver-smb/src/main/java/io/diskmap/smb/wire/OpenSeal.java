package io.diskmap.smb.wire;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Messages that nothing protects. Thread-safe. */
final class OpenSeal implements Seal {
  @Override
  public int headroom() {
    return 0;
  }

  @Override
  public void seal(ByteBuffer frame, int start, int[] starts) {}

  @Override
  public ByteBuffer open(byte[] frame, int length) throws IOException {
    if (frame[0] != (byte) 0xFE) {
      throw Seal.unexpected("a message that is not of a plain session");
    }
    return ByteBuffer.wrap(frame, 0, length).slice().order(ByteOrder.LITTLE_ENDIAN);
  }

  @Override
  public void verify(ByteBuffer message) {}

  @Override
  public String name() {
    return "plain";
  }
}
