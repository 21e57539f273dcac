package io.diskmap.smb.wire;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/** Asks the server to copy a file inside itself. For one exchange. */
public final class Ioctl<T> extends Request<T> {
  private static final int RESUME_KEY = 0x00140078;
  private static final int COPY_CHUNK = 0x001440F2;
  private static final int KEY_BYTES = 24;

  /** A range to copy. */
  public record Chunk(long from, long to, int length) {}

  /**
   * What was copied; where the server refused the request's size, what it takes at most.
   *
   * @param isDone whether it was copied
   * @param chunks copied, or at most
   * @param chunkBytes of one chunk at most, where it refused
   * @param bytes copied in all, or at most
   */
  public record Copied(boolean isDone, int chunks, int chunkBytes, int bytes) {}

  /** Reads what the server puts out. */
  private interface Reader<T> {
    T read(ByteBuffer output, int status);
  }

  private final FileId file;
  private final int code;
  private final ByteBuffer input;
  private final int mostOutput;
  private final Reader<T> reader;

  private Ioctl(FileId file, int code, ByteBuffer input, int mostOutput, Reader<T> reader) {
    super(Command.IOCTL);
    this.file = file;
    this.code = code;
    this.input = input;
    this.mostOutput = mostOutput;
    this.reader = reader;
  }

  /** The key by which an open file is the source of copies. */
  public static Ioctl<byte[]> sourceKey(FileId source) {
    return new Ioctl<>(
        source,
        RESUME_KEY,
        ByteBuffer.allocate(0),
        32,
        (output, status) -> {
          byte[] key = new byte[KEY_BYTES];
          output.get(0, key);
          return key;
        });
  }

  /** Copies ranges of the source to an open target. */
  public static Ioctl<Copied> copy(FileId target, byte[] sourceKey, List<Chunk> chunks) {
    ByteBuffer input = ByteBuffer.allocate(KEY_BYTES + 8 + 24 * chunks.size());
    input.order(ByteOrder.LITTLE_ENDIAN).put(sourceKey).putInt(chunks.size()).putInt(0);
    for (Chunk chunk : chunks) {
      input.putLong(chunk.from()).putLong(chunk.to()).putInt(chunk.length()).putInt(0);
    }
    return new Ioctl<>(
        target,
        COPY_CHUNK,
        input.flip(),
        32,
        (output, status) ->
            new Copied(
                status == NtStatus.SUCCESS, output.getInt(0), output.getInt(4), output.getInt(8)));
  }

  @Override
  int length() {
    return 56 + Math.max(1, input.remaining());
  }

  @Override
  void encode(ByteBuffer out) {
    boolean has = input.hasRemaining();
    out.putShort((short) 57).putShort((short) 0).putInt(code);
    file.put(out);
    out.putInt(has ? HEADER + 56 : 0).putInt(input.remaining()).putInt(0);
    out.putInt(0).putInt(0).putInt(mostOutput).putInt(1).putInt(0);
    out.put(input.duplicate());
    if (!has) {
      out.put((byte) 0);
    }
  }

  @Override
  boolean isAnswer(int status) {
    return super.isAnswer(status) || (code == COPY_CHUNK && status == NtStatus.INVALID_PARAMETER);
  }

  @Override
  T decode(ByteBuffer in, int status) throws SmbStatusException {
    boolean told = in.limit() >= HEADER + 48 && in.getShort(HEADER) == 49;
    ByteBuffer output =
        told ? part(in, in.getInt(HEADER + 32), in.getInt(HEADER + 36)) : ByteBuffer.allocate(0);
    if (output.remaining() < 12) {
      throw new SmbStatusException("IOCTL", status);
    }
    return reader.read(output.order(ByteOrder.LITTLE_ENDIAN), status);
  }
}
