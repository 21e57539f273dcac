package io.diskmap.spi.staged;

import io.diskmap.ByteRange;
import io.diskmap.FileMetadata;
import io.diskmap.StorageException;
import io.diskmap.StoragePath;
import io.diskmap.spi.Call;
import io.diskmap.spi.Chunk;
import io.diskmap.spi.CommitRequest;
import io.diskmap.spi.StorageWriter;
import io.diskmap.spi.UploadId;
import io.diskmap.spi.record.Published;
import java.util.List;

/** A save that is committed already: it repeats its answer. Thread-safe. */
final class FinishedWriter implements StorageWriter {
  private final UploadRecord record;
  private final Published answer;

  FinishedWriter(UploadRecord record, Published answer) {
    this.record = record;
    this.answer = answer;
  }

  @Override
  public UploadId id() {
    return new UploadId(record.request().writeId());
  }

  @Override
  public StoragePath path() {
    return record.path();
  }

  @Override
  public int chunkSize() {
    return record.chunkSize();
  }

  @Override
  public void write(long offset, Chunk chunk, Call call) {
    chunk.release();
  }

  @Override
  public void flush(Call call) {}

  @Override
  public List<ByteRange> received(Call call) {
    return answer.size() == 0 ? List.of() : List.of(ByteRange.first(answer.size()));
  }

  @Override
  public FileMetadata commit(CommitRequest request) throws StorageException {
    return StagedCommit.repeat(record, answer, request.length());
  }

  @Override
  public void detach(Call call) {}

  @Override
  public void close() {
    record.close();
  }
}
