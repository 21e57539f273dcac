package io.diskmap.spi;

import io.diskmap.ErrorKind;
import io.diskmap.StorageException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.util.OptionalInt;
import java.util.zip.CRC32C;

/**
 * A chunk whose bytes stay in their local file until they leave, so that nobody has to hold it
 * whole.
 *
 * <p>Sent by one thread at a time, and again after a failure: the bytes are then read anew. Its
 * CRC-32C is taken before the first byte leaves, so that a file which is altered meanwhile is never
 * saved half as it was and half as it is.
 */
public final class DepartingChunk {
  /** Takes the bytes of a chunk in order. */
  @FunctionalInterface
  public interface Target {
    /** Takes all that remain in the buffer, which is used again afterwards. */
    void take(ByteBuffer piece) throws IOException;
  }

  private static final int PIECE = 64 * 1024;

  private final FileChannel file;
  private final long position;
  private final int length;
  private final ChunkPool memory;
  private volatile OptionalInt crc32c = OptionalInt.empty();

  /** The bytes of an open file from this position on; the pool lends memory to read a piece. */
  public DepartingChunk(FileChannel file, long position, int length, ChunkPool memory) {
    this.file = file;
    this.position = position;
    this.length = length;
    this.memory = memory;
  }

  /** How many bytes it has. */
  public int length() {
    return length;
  }

  /** Whether its CRC-32C is known, so that nobody has to read for it. */
  public boolean isSummed() {
    return crc32c.isPresent();
  }

  /**
   * The CRC-32C of the bytes as they were when it was first asked for.
   *
   * @throws StorageException SOURCE_FAILED where the file cannot be read, LENGTH_MISMATCH where it
   *     ends too early
   */
  public int crc32c(Call call) throws StorageException {
    OptionalInt known = crc32c;
    if (known.isEmpty()) {
      known = OptionalInt.of(sum(call));
      crc32c = known;
    }
    return known.getAsInt();
  }

  private int sum(Call call) throws StorageException {
    CRC32C sum = new CRC32C();
    try {
      forEachPiece((piece, last) -> sum.update(piece), call);
    } catch (StorageException e) {
      throw e;
    } catch (IOException e) {
      throw new IllegalStateException("a checksum takes all bytes", e);
    }
    return (int) sum.getValue();
  }

  /**
   * Hands the bytes over in pieces; the last one only when all of them have the chunk's CRC-32C.
   *
   * @throws IOException the target's own, or SOURCE_FAILED where the file is altered or unreadable
   */
  public void copyTo(Target target, Call call) throws IOException {
    int announced = crc32c(call);
    CRC32C sum = new CRC32C();
    forEachPiece(
        (piece, last) -> {
          sum.update(piece.duplicate());
          if (last && (int) sum.getValue() != announced) {
            throw altered();
          }
          target.take(piece);
        },
        call);
  }

  /**
   * Moves bytes on without a copy in this process, from this offset in the chunk and at most so
   * many; whoever receives them has to check them by the CRC-32C.
   *
   * @return how many, at least one
   * @throws IOException the target's own, or SOURCE_FAILED where the file cannot be read
   */
  public long transferTo(int offset, int most, WritableByteChannel target, Call call)
      throws IOException {
    long count;
    try {
      count = file.transferTo(position + offset, Math.min(most, length - offset), target);
    } catch (IOException e) {
      requireByte(offset, call);
      throw e;
    }
    if (count <= 0) {
      requireByte(offset, call);
      throw altered();
    }
    return count;
  }

  /**
   * Refuses to go on with bytes that are not as they were.
   *
   * @throws StorageException SOURCE_FAILED where the file was altered or cannot be read any more
   */
  public void requireUnaltered(Call call) throws StorageException {
    if (sum(call) != crc32c(call)) {
      throw altered();
    }
  }

  /** Tells a file that cannot be read from a target that does not take it. */
  private void requireByte(int offset, Call call) throws StorageException {
    read(ByteBuffer.allocate(1), offset, call);
  }

  /** What is done with a piece. */
  @FunctionalInterface
  private interface Use {
    void of(ByteBuffer piece, boolean last) throws IOException;
  }

  private void forEachPiece(Use use, Call call) throws IOException {
    Chunk memoryOfPiece = memory.lease().acquire(Math.min(PIECE, length), call);
    try {
      ByteBuffer piece = memoryOfPiece.buffer();
      for (int done = 0; done < length; done += piece.limit()) {
        piece.clear().limit(Math.min(piece.capacity(), length - done));
        read(piece, done, call);
        piece.flip();
        use.of(piece, done + piece.limit() == length);
      }
    } finally {
      memoryOfPiece.release();
    }
  }

  /** Fills the buffer from an offset in the chunk. */
  private void read(ByteBuffer target, int offset, Call call) throws StorageException {
    int begun = target.position();
    while (target.hasRemaining()) {
      call.check();
      int count;
      try {
        count = file.read(target, position + offset + target.position() - begun);
      } catch (IOException e) {
        call.check();
        throw StorageException.of(
            ErrorKind.SOURCE_FAILED, "The source of the content failed; nothing was saved.", e);
      }
      if (count < 0) {
        throw StorageException.of(
            ErrorKind.LENGTH_MISMATCH,
            "The source ended before the bytes it announced; nothing was saved.");
      }
    }
  }

  private static StorageException altered() {
    return StorageException.of(
        ErrorKind.SOURCE_FAILED,
        "The local source was altered while it was saved; nothing was saved. Save it again when"
            + " nobody writes to it.");
  }
}
