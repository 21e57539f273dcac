package io.diskmap.smb.wire;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;

/** Changes something of an open file: its name, its times, whether it goes. For one exchange. */
public final class SetInfo extends Request<Boolean> {
  private static final int BASIC = 4;
  private static final int RENAME = 10;
  private static final int LINK = 11;
  private static final int DISPOSITION = 13;

  private final FileId file;
  private final int infoClass;
  private final ByteBuffer block;

  private SetInfo(FileId file, int infoClass, ByteBuffer block) {
    super(Command.SET_INFO);
    this.file = file;
    this.infoClass = infoClass;
    this.block = block;
  }

  /** Renames an open file; the name counts from the share's root. */
  public static SetInfo rename(FileId file, String name, boolean replace) {
    return new SetInfo(file, RENAME, named(name, replace));
  }

  /** Gives an open file a further name that must not exist. */
  public static SetInfo link(FileId file, String name) {
    return new SetInfo(file, LINK, named(name, false));
  }

  private static ByteBuffer named(String name, boolean replace) {
    byte[] bytes = name.getBytes(StandardCharsets.UTF_16LE);
    ByteBuffer block = block(Math.max(24, 20 + bytes.length));
    block.put(0, (byte) (replace ? 1 : 0)).putInt(16, bytes.length).put(20, bytes);
    return block;
  }

  /** Lets an open file go once everybody has closed it. */
  public static SetInfo delete(FileId file) {
    return new SetInfo(file, DISPOSITION, block(1).put(0, (byte) 1));
  }

  /** Sets when an open file was last written. */
  public static SetInfo modified(FileId file, Instant time) {
    return new SetInfo(file, BASIC, block(40).putLong(16, FileInfo.ticks(time)));
  }

  /** Sets the attributes of an open file. */
  public static SetInfo attributes(FileId file, int attributes) {
    return new SetInfo(file, BASIC, block(40).putInt(32, attributes));
  }

  private static ByteBuffer block(int length) {
    return ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
  }

  @Override
  int length() {
    return 32 + block.capacity();
  }

  @Override
  void encode(ByteBuffer out) {
    out.putShort((short) 33).put((byte) 1).put((byte) infoClass).putInt(block.capacity());
    out.putShort((short) (HEADER + 32)).putShort((short) 0).putInt(0);
    file.put(out);
    out.put(block.duplicate());
  }

  @Override
  Boolean decode(ByteBuffer in, int status) {
    return true;
  }
}
