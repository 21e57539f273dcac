package io.diskmap.s3;

import io.diskmap.ByteRange;
import io.diskmap.ErrorKind;
import io.diskmap.FileMetadata;
import io.diskmap.StorageException;
import io.diskmap.StoragePath;
import io.diskmap.spi.Call;
import io.diskmap.spi.Chunk;
import io.diskmap.spi.CommitRequest;
import io.diskmap.spi.StorageWriter;
import io.diskmap.spi.UploadId;
import java.util.List;

/** A save that is finished: its commit gives the same answer again. Immutable; thread-safe. */
record S3DoneWriter(UploadId id, FileMetadata file, int chunkSize) implements StorageWriter {
  @Override
  public StoragePath path() {
    return file.path();
  }

  @Override
  public void write(long offset, Chunk chunk, Call call) throws StorageException {
    chunk.release();
    throw StorageException.of(ErrorKind.CLOSED, "The upload is committed already.");
  }

  @Override
  public void flush(Call call) throws StorageException {
    call.check();
  }

  @Override
  public List<ByteRange> received(Call call) {
    return file.size() == 0 ? List.of() : List.of(ByteRange.first(file.size()));
  }

  @Override
  public FileMetadata commit(CommitRequest request) throws StorageException {
    if (request.length() != file.size()) {
      throw StorageException.of(
          ErrorKind.LENGTH_MISMATCH,
          "The file has %d bytes and the commit names %d."
              .formatted(file.size(), request.length()));
    }
    return file;
  }

  @Override
  public void detach(Call call) {}

  @Override
  public void close() {}
}
