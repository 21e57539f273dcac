package io.diskmap.spi;

import io.diskmap.ByteRange;
import io.diskmap.FileMetadata;
import io.diskmap.StorageException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.Optional;

/**
 * The bytes of one version of a file.
 *
 * <p>For one thread. It gives exactly the bytes of {@link #range}, or fails: with
 * CHANGED_DURING_READ when the version is gone, with a transient kind when the peer is. Closing
 * early returns at once and leaves no connection behind.
 */
public interface StorageReader extends AutoCloseable {
  /** The whole file's metadata, of the version that is read. */
  FileMetadata metadata();

  /** Which bytes come, counted from the start and inside the file. */
  ByteRange range();

  /** Reads some bytes, at least one where there is room; -1 once all of the range came. */
  int read(ByteBuffer target) throws StorageException;

  /**
   * Writes all remaining bytes to a channel.
   *
   * @return how many
   * @throws IOException a {@link StorageException} for the store's failure, else the channel's own
   */
  default long transferTo(WritableByteChannel target) throws IOException {
    ByteBuffer block = ByteBuffer.allocate(128 * 1024);
    long count = 0;
    while (read(block) >= 0) {
      block.flip();
      count += block.remaining();
      while (block.hasRemaining()) {
        target.write(block);
      }
      block.clear();
    }
    return count;
  }

  /** The range as a part of an open local file, where the bytes are in one. */
  default Optional<FileRegion> region() {
    return Optional.empty();
  }

  /** Notes that this many bytes of the region went out without a read. */
  default void sent(long count) {}

  @Override
  void close();
}
