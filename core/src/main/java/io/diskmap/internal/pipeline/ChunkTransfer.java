package io.diskmap.internal.pipeline;

import io.diskmap.Checksum;
import io.diskmap.ChecksumAlgorithm;
import io.diskmap.Content;
import io.diskmap.ErrorKind;
import io.diskmap.StorageException;
import io.diskmap.spi.ArrivingChunk;
import io.diskmap.spi.Call;
import io.diskmap.spi.Chunk;
import io.diskmap.spi.StorageWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Moves one chunk of a chunked save from its source to the writer. For one thread.
 *
 * <p>Where the writer can stage a chunk while it arrives, only a piece is held at a time: the bytes
 * are still in the processor's cache when they are written.
 */
final class ChunkTransfer {
  private static final int PIECE = 256 * 1024;

  private final Disk disk;
  private final StorageWriter writer;
  private final Optional<Checksum> expected;
  private final Call call;

  ChunkTransfer(Disk disk, StorageWriter writer, Optional<Checksum> expected, Call call) {
    this.disk = disk;
    this.writer = writer;
    this.expected = expected;
    this.call = call;
  }

  /** Moves the chunk; once it returns, it is staged. How many bytes it has. */
  int run(long offset, Content content) throws StorageException {
    int size = writer.chunkSize();
    OptionalLong length = content.length();
    if (offset < 0 || offset % size != 0) {
      throw badChunk("The chunk's offset %d is not a multiple of %d.".formatted(offset, size));
    }
    if (length.orElse(1) > size || length.orElse(1) == 0) {
      throw badChunk(
          "The chunk has %d bytes; a chunk has 1 to %d.".formatted(length.getAsLong(), size));
    }
    if (length.isPresent()) {
      int known = (int) length.getAsLong();
      Optional<ArrivingChunk> arriving = writer.arriving(offset, known, call);
      if (arriving.isPresent()) {
        try (ArrivingChunk chunk = arriving.get()) {
          return inPieces(chunk, content, known);
        }
      }
    }
    return whole(offset, content);
  }

  private int inPieces(ArrivingChunk target, Content content, int length) throws StorageException {
    Chunk block = disk.chunks().lease().acquire(Math.min(PIECE, length), call);
    try (ReadableByteChannel channel = content.open();
        SourceReads source = new SourceReads(channel, call)) {
      ContentSums sums = sums();
      ByteBuffer piece = block.buffer();
      for (int left = length; left > 0; left -= piece.limit()) {
        piece.clear().limit(Math.min(left, piece.capacity()));
        if (!source.fill(piece)) {
          throw notAsAnnounced();
        }
        sums.add(piece.flip());
        waiting(() -> target.write(piece, call));
      }
      requireEnd(source);
      ContentSums.require(expected, sums.finish());
      waiting(() -> target.complete(sums.crc32c(), call));
      waiting(() -> writer.flush(call));
      return length;
    } catch (StorageException e) {
      throw e;
    } catch (IOException e) {
      throw failed(e);
    } finally {
      block.release();
    }
  }

  private int whole(long offset, Content content) throws StorageException {
    Chunk chunk = checked(content);
    int length = chunk.length();
    waiting(() -> writer.write(offset, chunk, call));
    waiting(() -> writer.flush(call));
    return length;
  }

  private Chunk checked(Content content) throws StorageException {
    Chunk chunk = read(content);
    boolean right = false;
    try {
      ContentSums sums = sums();
      sums.add(chunk);
      ContentSums.require(expected, sums.finish());
      right = true;
      return chunk;
    } finally {
      if (!right) {
        chunk.release();
      }
    }
  }

  private ContentSums sums() {
    return new ContentSums(
        expected.isPresent() && expected.get().algorithm() == ChecksumAlgorithm.SHA256);
  }

  private Chunk read(Content content) throws StorageException {
    OptionalLong length = content.length();
    int most = (int) length.orElse(writer.chunkSize());
    Chunk chunk = disk.chunks().lease().acquire(most, call);
    boolean sealed = false;
    try (ReadableByteChannel channel = content.open();
        SourceReads source = new SourceReads(channel, call)) {
      source.fill(chunk.buffer());
      int count = chunk.buffer().position();
      if (length.isEmpty() ? count == 0 : count < most) {
        throw notAsAnnounced();
      }
      requireEnd(source);
      chunk.seal();
      sealed = true;
      return chunk;
    } catch (StorageException e) {
      throw e;
    } catch (IOException e) {
      throw failed(e);
    } finally {
      if (!sealed) {
        chunk.release();
      }
    }
  }

  /** One step of the writer's. */
  @FunctionalInterface
  private interface Step {
    void run() throws StorageException;
  }

  private void waiting(Step step) throws StorageException {
    call.beginWait();
    try {
      step.run();
    } finally {
      call.endWait();
    }
  }

  private static void requireEnd(SourceReads source) throws StorageException {
    if (source.fill(ByteBuffer.allocate(1))) {
      throw notAsAnnounced();
    }
  }

  private static StorageException notAsAnnounced() {
    return badChunk("The chunk's content is not as long as announced.");
  }

  private static StorageException badChunk(String sentence) {
    return StorageException.of(ErrorKind.LENGTH_MISMATCH, sentence);
  }

  private static StorageException failed(IOException e) {
    return StorageException.of(ErrorKind.SOURCE_FAILED, "The source of the chunk failed.", e);
  }
}
