package io.diskmap.smb.wire;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Asks for facts of an open file or of its file system. For one exchange. */
public final class QueryInfo<T> extends Request<T> {
  private static final int FILE = 1;
  private static final int FILE_SYSTEM = 2;
  private static final int MOST = 16 * 1024;

  /** Reads the block that the server answers. */
  private interface Reader<T> {
    T read(ByteBuffer block);
  }

  private final FileId file;
  private final int type;
  private final int infoClass;
  private final Reader<T> reader;

  private QueryInfo(FileId file, int type, int infoClass, Reader<T> reader) {
    super(Command.QUERY_INFO);
    this.file = file;
    this.type = type;
    this.infoClass = infoClass;
    this.reader = reader;
  }

  /** Everything of a file. */
  public static QueryInfo<FileInfo> all(FileId file) {
    return new QueryInfo<>(file, FILE, 18, FileInfo::ofAll);
  }

  /** What kind of reparse point a file is. */
  public static QueryInfo<Integer> reparseTag(FileId file) {
    return new QueryInfo<>(file, FILE, 35, block -> block.getInt(4));
  }

  /** How many bytes the caller may still write to the file system. */
  public static QueryInfo<Long> freeBytes(FileId file) {
    return new QueryInfo<>(
        file,
        FILE_SYSTEM,
        7,
        block ->
            block.getLong(8)
                * Integer.toUnsignedLong(block.getInt(24))
                * Integer.toUnsignedLong(block.getInt(28)));
  }

  @Override
  int length() {
    return 41;
  }

  @Override
  int payload() {
    return MOST;
  }

  @Override
  void encode(ByteBuffer out) {
    out.putShort((short) 41).put((byte) type).put((byte) infoClass).putInt(MOST);
    out.putShort((short) 0).putShort((short) 0).putInt(0).putInt(0).putInt(0);
    file.put(out);
    out.put((byte) 0);
  }

  @Override
  T decode(ByteBuffer in, int status) throws SmbStatusException {
    ByteBuffer block = part(in, in.getShort(HEADER + 2) & 0xFFFF, in.getInt(HEADER + 4));
    return reader.read(block.order(ByteOrder.LITTLE_ENDIAN));
  }
}
