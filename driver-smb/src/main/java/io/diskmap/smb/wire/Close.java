package io.diskmap.smb.wire;

import java.nio.ByteBuffer;
import java.time.Instant;

/** Closes a file, and tells how it is then. For one exchange. */
public final class Close extends Request<Close.Closed> {
  /**
   * How the file is after the close.
   *
   * @param modified when it was last written; what the server sets with the close is in it
   */
  public record Closed(long size, Instant modified, int attributes) {}

  private final FileId file;

  public Close(FileId file) {
    super(Command.CLOSE);
    this.file = file;
  }

  @Override
  int length() {
    return 24;
  }

  @Override
  void encode(ByteBuffer out) {
    file.put(out.putShort((short) 24).putShort((short) 1).putInt(0));
  }

  @Override
  Closed decode(ByteBuffer in, int status) {
    return new Closed(
        in.getLong(HEADER + 48), FileInfo.time(in.getLong(HEADER + 24)), in.getInt(HEADER + 56));
  }
}
