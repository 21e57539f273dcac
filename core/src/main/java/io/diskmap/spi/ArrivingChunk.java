package io.diskmap.spi;

import io.diskmap.StorageException;
import java.nio.ByteBuffer;

/**
 * A chunk whose bytes go to their place while they arrive, so that nobody has to hold it whole.
 *
 * <p>For one thread. Until it is complete it counts for nothing: it is not among the received
 * ranges, no commit takes it, and a chunk that was staged there before stays as it is.
 */
public interface ArrivingChunk extends AutoCloseable {
  /** Takes the next bytes, all that remain in the buffer. */
  void write(ByteBuffer piece, Call call) throws StorageException;

  /**
   * Stages what has arrived, all announced bytes with this CRC-32C, as the chunk.
   *
   * <p>The same bytes as those of a chunk that is staged there already are accepted; other bytes
   * end in PRECONDITION_FAILED without poisoning the writer. BUSY where other bytes were sent to
   * the same place at the same time; neither is staged then, and either may be sent again.
   */
  void complete(int crc32c, Call call) throws StorageException;

  /** Without completion: forgets what has arrived. Safe to repeat. */
  @Override
  void close();
}
