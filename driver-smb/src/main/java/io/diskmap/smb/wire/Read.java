package io.diskmap.smb.wire;

import java.nio.ByteBuffer;

/**
 * Reads bytes of an open file into a buffer. For one exchange, which touches the buffer only while
 * somebody waits for it; the answer is how many bytes came, none at the file's end.
 */
public final class Read extends Request<Integer> {
  private final FileId file;
  private final long offset;
  private final ByteBuffer target;
  private final int length;

  /** Reads as much as the buffer has room, from its position on; the position stays. */
  public Read(FileId file, long offset, ByteBuffer target) {
    super(Command.READ);
    this.file = file;
    this.offset = offset;
    this.target = target.duplicate();
    this.length = target.remaining();
  }

  @Override
  int length() {
    return 49;
  }

  @Override
  int payload() {
    return length;
  }

  @Override
  void encode(ByteBuffer out) {
    out.putShort((short) 49).put((byte) 0x50).put((byte) 0).putInt(length).putLong(offset);
    file.put(out);
    out.putInt(0).putInt(0).putInt(0).putShort((short) 0).putShort((short) 0).put((byte) 0);
  }

  @Override
  boolean isAnswer(int status) {
    return status == NtStatus.END_OF_FILE || super.isAnswer(status);
  }

  @Override
  Integer decode(ByteBuffer in, int status) throws SmbStatusException {
    if (status == NtStatus.END_OF_FILE) {
      return 0;
    }
    int count = in.getInt(HEADER + 4);
    ByteBuffer data = part(in, in.get(HEADER + 2) & 0xFF, count);
    if (count > length) {
      throw new SmbStatusException("READ with more than was asked for", NtStatus.SUCCESS);
    }
    target.duplicate().put(data);
    return count;
  }
}
