package io.diskmap.smb.wire;

import java.nio.ByteBuffer;

/** Puts a file's content on stable storage. For one exchange. */
public final class Flush extends Request<Boolean> {
  private final FileId file;

  public Flush(FileId file) {
    super(Command.FLUSH);
    this.file = file;
  }

  @Override
  int length() {
    return 24;
  }

  @Override
  void encode(ByteBuffer out) {
    file.put(out.putShort((short) 24).putShort((short) 0).putInt(0));
  }

  @Override
  Boolean decode(ByteBuffer in, int status) {
    return true;
  }
}
