package io.diskmap.smb.wire;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;

/**
 * Opens or makes a file or a directory. For one exchange.
 *
 * <p>Every open shares reading, writing and deleting with everybody else, so that none is in the
 * way of another; the exceptions ask on purpose whether anybody has the file open.
 */
public final class Create extends Request<Create.Opened> {
  public static final int READ_DATA = 0x1;
  public static final int WRITE_DATA = 0x2;
  public static final int READ_ATTRIBUTES = 0x80;
  public static final int WRITE_ATTRIBUTES = 0x100;
  public static final int DELETE = 0x10000;
  public static final int SYNCHRONIZE = 0x100000;

  private static final int OPEN = 1;
  private static final int CREATE = 2;

  private static final int DIRECTORY_FILE = 0x1;
  private static final int NON_DIRECTORY_FILE = 0x40;
  private static final int DELETE_ON_CLOSE = 0x1000;
  private static final int OPEN_REPARSE_POINT = 0x200000;
  private static final int SHARE_ALL = 7;
  private static final int SHARE_NO_WRITING = 5;

  /** What came with the open file. */
  public record Opened(FileId file, long size, Instant modified, int attributes) {}

  private final byte[] name;
  private final int access;
  private final int share;
  private final int disposition;
  private final int options;

  private Create(String name, int access, int share, int disposition, int options) {
    super(Command.CREATE);
    this.name = name.getBytes(StandardCharsets.UTF_16LE);
    this.access = access;
    this.share = share;
    this.disposition = disposition;
    this.options = options;
  }

  /** Opens whatever stands at a name, a link itself, not what it leads to. */
  public static Create open(String name, int access) {
    return new Create(name, access, SHARE_ALL, OPEN, OPEN_REPARSE_POINT);
  }

  /** Opens a file that is no directory. */
  public static Create openFile(String name, int access) {
    return new Create(name, access, SHARE_ALL, OPEN, NON_DIRECTORY_FILE | OPEN_REPARSE_POINT);
  }

  /** Opens a file that is no directory, only if nobody else has it open to write. */
  public static Create openFileToWriteAlone(String name, int access) {
    int options = NON_DIRECTORY_FILE | OPEN_REPARSE_POINT;
    return new Create(name, access, SHARE_NO_WRITING, OPEN, options);
  }

  /** Opens a directory. */
  public static Create openDirectory(String name, int access) {
    return new Create(name, access, SHARE_ALL, OPEN, DIRECTORY_FILE | OPEN_REPARSE_POINT);
  }

  /** Makes a file that must not exist. */
  public static Create newFile(String name, int access) {
    return new Create(name, access, SHARE_ALL, CREATE, NON_DIRECTORY_FILE);
  }

  /** Makes a directory that must not exist. */
  public static Create newDirectory(String name) {
    return new Create(name, READ_ATTRIBUTES, SHARE_ALL, CREATE, DIRECTORY_FILE);
  }

  /** Opens a file or a link to go with its close. */
  public static Create toDelete(String name) {
    int options = NON_DIRECTORY_FILE | OPEN_REPARSE_POINT | DELETE_ON_CLOSE;
    return new Create(name, DELETE | READ_ATTRIBUTES, SHARE_ALL, OPEN, options);
  }

  /** The same, only if nobody has it open. */
  public static Create toDeleteAlone(String name) {
    int options = NON_DIRECTORY_FILE | OPEN_REPARSE_POINT | DELETE_ON_CLOSE;
    return new Create(name, DELETE | READ_ATTRIBUTES, 0, OPEN, options);
  }

  /** Opens a directory to go with its close, where it is empty. */
  public static Create toDeleteDirectory(String name) {
    int options = DIRECTORY_FILE | OPEN_REPARSE_POINT | DELETE_ON_CLOSE;
    return new Create(name, DELETE | READ_ATTRIBUTES, SHARE_ALL, OPEN, options);
  }

  /** Opens a file only if nobody else has it open. */
  public static Create openAlone(String name) {
    return new Create(name, DELETE, 0, OPEN, NON_DIRECTORY_FILE | OPEN_REPARSE_POINT);
  }

  @Override
  int length() {
    return 56 + Math.max(1, name.length);
  }

  @Override
  void encode(ByteBuffer out) {
    out.putShort((short) 57).put((byte) 0).put((byte) 0).putInt(2).putLong(0).putLong(0);
    out.putInt(access).putInt((options & DIRECTORY_FILE) != 0 ? FileInfo.DIRECTORY : 0);
    out.putInt(share).putInt(disposition).putInt(options);
    out.putShort((short) (HEADER + 56)).putShort((short) name.length).putInt(0).putInt(0);
    out.put(name.length == 0 ? new byte[1] : name);
  }

  @Override
  Opened decode(ByteBuffer in, int status) {
    FileId file = FileId.get(in.duplicate().order(in.order()).position(HEADER + 64));
    return new Opened(
        file,
        in.getLong(HEADER + 48),
        FileInfo.time(in.getLong(HEADER + 24)),
        in.getInt(HEADER + 56));
  }
}
