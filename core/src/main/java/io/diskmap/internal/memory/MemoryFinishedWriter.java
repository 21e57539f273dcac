package io.diskmap.internal.memory;

import io.diskmap.ByteRange;
import io.diskmap.FileMetadata;
import io.diskmap.StorageException;
import io.diskmap.StoragePath;
import io.diskmap.spi.Call;
import io.diskmap.spi.Chunk;
import io.diskmap.spi.CommitRequest;
import io.diskmap.spi.StorageWriter;
import io.diskmap.spi.UploadId;
import java.util.List;

/** A save that is committed already: it repeats its answer. Thread-safe. */
final class MemoryFinishedWriter implements StorageWriter {
  private final UploadId id;
  private final MemoryDone.Answer answer;
  private final int chunkSize;

  MemoryFinishedWriter(UploadId id, MemoryDone.Answer answer, int chunkSize) {
    this.id = id;
    this.answer = answer;
    this.chunkSize = chunkSize;
  }

  @Override
  public UploadId id() {
    return id;
  }

  @Override
  public StoragePath path() {
    return answer.metadata().path();
  }

  @Override
  public int chunkSize() {
    return chunkSize;
  }

  @Override
  public void write(long offset, Chunk chunk, Call call) {
    chunk.release();
  }

  @Override
  public void flush(Call call) {}

  @Override
  public List<ByteRange> received(Call call) {
    long size = answer.metadata().size();
    return size == 0 ? List.of() : List.of(ByteRange.first(size));
  }

  @Override
  public FileMetadata commit(CommitRequest request) throws StorageException {
    return answer.forLength(request.length());
  }

  @Override
  public void detach(Call call) {}

  @Override
  public void close() {}
}
