package io.diskmap.testkit.defect;

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

/** A writer that passes every call on; a defect overrides what it spoils. */
class PassingWriter implements StorageWriter {
  final StorageWriter inner;

  PassingWriter(StorageWriter inner) {
    this.inner = inner;
  }

  @Override
  public UploadId id() {
    return inner.id();
  }

  @Override
  public StoragePath path() {
    return inner.path();
  }

  @Override
  public int chunkSize() {
    return inner.chunkSize();
  }

  @Override
  public void write(long offset, Chunk chunk, Call call) throws StorageException {
    inner.write(offset, chunk, call);
  }

  @Override
  public void flush(Call call) throws StorageException {
    inner.flush(call);
  }

  @Override
  public List<ByteRange> received(Call call) throws StorageException {
    return inner.received(call);
  }

  @Override
  public FileMetadata commit(CommitRequest request) throws StorageException {
    return inner.commit(request);
  }

  @Override
  public void detach(Call call) throws StorageException {
    inner.detach(call);
  }

  @Override
  public void close() {
    inner.close();
  }
}
