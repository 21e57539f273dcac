package io.diskmap.nfs;

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
final class HeadReader implements StorageReader {
  private final FileMetadata metadata;
  private final ByteRange range;
  private final ByteBuffer left;
  private boolean closed;

  /** Reads the first bytes of what came, as many as the range has in this file. */
  HeadReader(FileMetadata metadata, ByteRange wanted, ByteBuffer came) {
    this.metadata = metadata;
    this.range = wanted.within(metadata.size());
    this.left = came.slice(0, (int) range.length());
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
    if (!left.hasRemaining()) {
      return -1;
    }
    int count = Math.min(target.remaining(), left.remaining());
    target.put(left.slice(left.position(), count));
    left.position(left.position() + count);
    return count;
  }

  @Override
  public void close() {
    closed = true;
  }
}
