package io.diskmap.smb.wire;

import java.nio.ByteBuffer;

/** Writes bytes to an open file; the answer is how many the server took. For one exchange. */
public final class Write extends Request<Integer> {
  private final FileId file;
  private final long offset;
  private final ByteBuffer data;

  /** Writes what remains in the buffer, whose position stays. */
  public Write(FileId file, long offset, ByteBuffer data) {
    super(Command.WRITE);
    this.file = file;
    this.offset = offset;
    this.data = data.slice();
  }

  @Override
  int length() {
    return 48 + Math.max(1, data.remaining());
  }

  @Override
  int payload() {
    return data.remaining();
  }

  @Override
  void encode(ByteBuffer out) {
    out.putShort((short) 49).putShort((short) (HEADER + 48));
    out.putInt(data.remaining()).putLong(offset);
    file.put(out);
    out.putInt(0).putInt(0).putShort((short) 0).putShort((short) 0).putInt(0);
    out.put(data.duplicate());
    if (!data.hasRemaining()) {
      out.put((byte) 0);
    }
  }

  @Override
  Integer decode(ByteBuffer in, int status) {
    return in.getInt(HEADER + 4);
  }
}
