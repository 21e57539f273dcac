package io.diskmap.local;

import io.diskmap.ByteRange;
import io.diskmap.ErrorKind;
import io.diskmap.FileMetadata;
import io.diskmap.StorageException;
import io.diskmap.StoragePath;
import io.diskmap.local.UploadRecord.Answer;
import io.diskmap.spi.Call;
import io.diskmap.spi.Chunk;
import io.diskmap.spi.CommitRequest;
import io.diskmap.spi.StorageWriter;
import io.diskmap.spi.UploadId;
import io.diskmap.spi.WriteRequest;
import java.util.List;

/**
 * A chunked save that is published already: its commit repeats the answer.
 *
 * <p>Thread-safe.
 */
record DoneWriter(
    UploadId id, StoragePath path, int chunkSize, WriteRequest request, Answer answer)
    implements StorageWriter {
  @Override
  public void write(long offset, Chunk chunk, Call call) throws StorageException {
    chunk.release();
    throw StorageException.of(
        ErrorKind.PRECONDITION_FAILED, "The upload is committed; begin another one.");
  }

  @Override
  public void flush(Call call) {}

  @Override
  public List<ByteRange> received(Call call) {
    return answer.size() == 0 ? List.of() : List.of(ByteRange.of(0, answer.size()));
  }

  @Override
  public FileMetadata commit(CommitRequest commit) throws StorageException {
    Checks.length(request, commit.length(), answer.size());
    return answer.metadata(path, request);
  }

  @Override
  public void detach(Call call) {}

  @Override
  public void close() {}
}
