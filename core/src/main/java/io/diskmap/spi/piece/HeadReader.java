package io.diskmap.spi.piece;

import io.diskmap.ByteRange;
import io.diskmap.ErrorKind;
import io.diskmap.FileMetadata;
import io.diskmap.StorageException;
import io.diskmap.spi.StorageReader;
import java.nio.ByteBuffer;

/**
 * Reads a range that came whole with the answer to the open; the file is closed already.
 *
 * <p>For one thread.
 */
public final class HeadReader implements StorageReader {
  private final FileMetadata metadata;
  private final ByteRange range;
  private final ByteBuffer left;
  private boolean closed;

  /**
   * Reads the first bytes of what came.
   *
   * @param range inside the file's size
   * @param came the range's bytes, or more than those
   */
  public HeadReader(FileMetadata metadata, ByteRange range, ByteBuffer came) {
    this.metadata = metadata;
    this.range = range;
    this.left = first(range.length(), came);
  }

  /** As much of the length as came. */
  static ByteBuffer first(long length, ByteBuffer came) {
    return came.slice(came.position(), (int) Math.min(length, came.remaining()));
  }

  /** Moves what the target has room for. */
  static int move(ByteBuffer source, ByteBuffer target) {
    int count = Math.min(target.remaining(), source.remaining());
    target.put(source.slice(source.position(), count));
    source.position(source.position() + count);
    return count;
  }

  @Override
  public FileMetadata metadata() {
    return metadata;
  }

  @Override
  public ByteRange range() {
    return range;
  }

  @Override
  public int read(ByteBuffer target) throws StorageException {
    if (closed) {
      throw StorageException.of(ErrorKind.CLOSED, "The reader is closed; open the file again.");
    }
    return left.hasRemaining() ? move(left, target) : -1;
  }

  @Override
  public void close() {
    closed = true;
  }
}
