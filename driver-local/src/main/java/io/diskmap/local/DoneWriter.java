package io.diskmap.local;

import io.diskmap.ByteRange;
import io.diskmap.ErrorKind;
import io.diskmap.FileMetadata;
import io.diskmap.StorageException;
import io.diskmap.StoragePath;
import io.diskmap.local.UploadRecord.ChunkEntry;
import io.diskmap.spi.Call;
import io.diskmap.spi.Chunk;
import io.diskmap.spi.CommitRequest;
import io.diskmap.spi.StorageWriter;
import io.diskmap.spi.UploadId;
import io.diskmap.spi.record.Checks;
import io.diskmap.spi.record.Published;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * A chunked save that is published already: it accepts the same bytes, and its commit repeats the
 * answer.
 *
 * <p>Thread-safe.
 */
record DoneWriter(UploadId id, UploadRecord record, Published answer) implements StorageWriter {
  @Override
  public StoragePath path() {
    return record.path();
  }

  @Override
  public int chunkSize() {
    return record.chunkSize();
  }

  @Override
  public void write(long offset, Chunk chunk, Call call) throws StorageException {
    try {
      Optional<ChunkEntry> sent = record.chunk(offset / chunkSize());
      if (offset % chunkSize() != 0
          || sent.filter(s -> s.length() == chunk.length() && s.crc() == chunk.crc32c())
              .isEmpty()) {
        throw StorageException.of(
            ErrorKind.PRECONDITION_FAILED,
            "The upload is committed with other bytes; begin another one.");
      }
    } catch (IOException e) {
      throw LocalErrors.of(e);
    } finally {
      chunk.release();
    }
  }

  @Override
  public void flush(Call call) {}

  @Override
  public List<ByteRange> received(Call call) {
    return answer.size() == 0 ? List.of() : List.of(ByteRange.of(0, answer.size()));
  }

  @Override
  public FileMetadata commit(CommitRequest commit) throws StorageException {
    Checks.length(record.request(), commit.length(), answer.size());
    return answer.metadata(record.path(), record.request());
  }

  @Override
  public void detach(Call call) {
    close();
  }

  @Override
  public void close() {
    Quietly.close(record);
  }
}
