package io.diskmap.internal.pipeline;

import com.github.benmanes.caffeine.cache.Cache;
import io.diskmap.ByteRange;
import io.diskmap.FileMetadata;
import io.diskmap.StorageException;
import io.diskmap.StoragePath;
import io.diskmap.spi.ArrivingChunk;
import io.diskmap.spi.Call;
import io.diskmap.spi.Chunk;
import io.diskmap.spi.CommitRequest;
import io.diskmap.spi.DepartingChunk;
import io.diskmap.spi.StorageWriter;
import io.diskmap.spi.UploadId;
import java.util.List;
import java.util.Optional;

/** A writer whose commit makes the metadata cache forget its path. Thread-safe. */
final class ForgettingWriter implements StorageWriter {
  private final StorageWriter writer;
  private final Cache<StoragePath, FileMetadata> known;

  ForgettingWriter(StorageWriter writer, Cache<StoragePath, FileMetadata> known) {
    this.writer = writer;
    this.known = known;
  }

  @Override
  public UploadId id() {
    return writer.id();
  }

  @Override
  public StoragePath path() {
    return writer.path();
  }

  @Override
  public int chunkSize() {
    return writer.chunkSize();
  }

  @Override
  public void write(long offset, Chunk chunk, Call call) throws StorageException {
    writer.write(offset, chunk, call);
  }

  @Override
  public boolean writeDeparting(long offset, DepartingChunk chunk, Call call)
      throws StorageException {
    return writer.writeDeparting(offset, chunk, call);
  }

  @Override
  public Optional<ArrivingChunk> arriving(long offset, int length, Call call)
      throws StorageException {
    return writer.arriving(offset, length, call);
  }

  @Override
  public void flush(Call call) throws StorageException {
    writer.flush(call);
  }

  @Override
  public List<ByteRange> received(Call call) throws StorageException {
    return writer.received(call);
  }

  @Override
  public FileMetadata commit(CommitRequest request) throws StorageException {
    known.invalidate(writer.path());
    try {
      return writer.commit(request);
    } finally {
      known.invalidate(writer.path());
    }
  }

  @Override
  public void detach(Call call) throws StorageException {
    writer.detach(call);
  }

  @Override
  public void close() {
    writer.close();
  }
}
