package io.diskmap.internal.pipeline;

import io.diskmap.StorageException;
import io.diskmap.spi.Call;
import io.diskmap.spi.ChunkPool;
import io.diskmap.spi.DepartingChunk;
import io.diskmap.spi.StorageWriter;
import java.nio.channels.FileChannel;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;

/**
 * Moves a local file of known length into a writer whose own threads read it, so that no more of it
 * is in memory than what they have in hand. For one thread.
 */
final class DepartingFile {
  private final FileChannel file;
  private final long length;
  private final ChunkPool chunks;
  private final Operation operation;
  private final ProgressMeter progress;
  private final Call call;

  DepartingFile(
      FileChannel file,
      long length,
      ChunkPool chunks,
      Operation operation,
      ProgressMeter progress,
      Call call) {
    this.file = file;
    this.length = length;
    this.chunks = chunks;
    this.operation = operation;
    this.progress = progress;
    this.call = call;
  }

  /**
   * Writes the file and waits until all of it is staged; its length and CRC-32C.
   *
   * @return empty where the writer takes whole chunks only; nothing was written then
   */
  Optional<ContentSums> moveInto(StorageWriter writer) throws StorageException {
    ContentSums sums = new ContentSums(false);
    Queue<DepartingChunk> sent = new ArrayDeque<>();
    long offset = 0;
    while (offset < length) {
      call.check();
      int size = (int) Math.min(writer.chunkSize(), length - offset);
      DepartingChunk chunk = new DepartingChunk(file, offset, size, chunks);
      if (!write(writer, offset, chunk)) {
        return Optional.empty();
      }
      sent.add(chunk);
      offset += size;
      operation.moved(size);
      progress.at(offset);
      while (!sent.isEmpty() && sent.element().isSummed()) {
        join(sent.remove(), sums);
      }
    }
    flush(writer);
    for (DepartingChunk chunk : sent) {
      join(chunk, sums);
    }
    return Optional.of(sums);
  }

  private void join(DepartingChunk chunk, ContentSums sums) throws StorageException {
    sums.add(chunk.crc32c(call), chunk.length());
  }

  private boolean write(StorageWriter writer, long offset, DepartingChunk chunk)
      throws StorageException {
    call.beginWait();
    try {
      return writer.writeDeparting(offset, chunk, call);
    } finally {
      call.endWait();
    }
  }

  private void flush(StorageWriter writer) throws StorageException {
    call.beginWait();
    try {
      writer.flush(call);
    } finally {
      call.endWait();
    }
  }
}
