package io.diskmap.smb.wire;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;

/**
 * What the server tells of a file: its number, size, times, attributes and name.
 *
 * <p>Immutable.
 *
 * @param id the file's number in its volume
 * @param size bytes
 * @param modified when it was last written
 * @param attributes the attribute bits
 * @param deletePending whether it goes once nobody has it open
 * @param name its whole name from the share's root with backslashes, as it is stored; or its name
 *     alone in a listing
 */
public record FileInfo(
    long id, long size, Instant modified, int attributes, boolean deletePending, String name) {
  public static final int READ_ONLY = 0x1;
  public static final int DIRECTORY = 0x10;
  public static final int DEVICE = 0x40;
  public static final int NORMAL = 0x80;
  public static final int REPARSE_POINT = 0x400;

  /** How finely times are told. */
  public static final int TICK_NANOS = 100;

  private static final long TICKS_TO_1970 = 116_444_736_000_000_000L;
  private static final long TICKS = 10_000_000L;

  public boolean isDirectory() {
    return (attributes & DIRECTORY) != 0;
  }

  public boolean isReparsePoint() {
    return (attributes & REPARSE_POINT) != 0;
  }

  /** From a block of the class FileAllInformation. */
  static FileInfo ofAll(ByteBuffer in) {
    int at = in.position();
    long modified = in.getLong(at + 16);
    int attributes = in.getInt(at + 32);
    long size = in.getLong(at + 48);
    boolean pending = in.get(at + 60) != 0;
    long id = in.getLong(at + 64);
    int nameBytes = Math.min(in.getInt(at + 96), in.limit() - at - 100);
    return new FileInfo(
        id, size, time(modified), attributes, pending, text(in, at + 100, nameBytes));
  }

  /** From an entry of the class FileIdBothDirectoryInformation. */
  static FileInfo ofEntry(ByteBuffer in, int at) {
    return new FileInfo(
        in.getLong(at + 96),
        in.getLong(at + 40),
        time(in.getLong(at + 24)),
        in.getInt(at + 56),
        false,
        text(in, at + 104, in.getInt(at + 60)));
  }

  static String text(ByteBuffer in, int at, int bytes) {
    byte[] name = new byte[Math.max(0, bytes)];
    in.get(at, name);
    return new String(name, StandardCharsets.UTF_16LE);
  }

  static Instant time(long ticks) {
    long since = ticks - TICKS_TO_1970;
    return Instant.ofEpochSecond(
        Math.floorDiv(since, TICKS), Math.floorMod(since, TICKS) * TICK_NANOS);
  }

  static long ticks(Instant time) {
    return time.getEpochSecond() * TICKS + time.getNano() / TICK_NANOS + TICKS_TO_1970;
  }
}
