package io.diskmap.internal.memory;

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
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** One caller's hold on a staged upload. Thread-safe. */
final class MemoryWriter implements StorageWriter {
  private final MemoryUploads uploads;
  private final MemoryUpload upload;
  private final AtomicBoolean closed = new AtomicBoolean();
  private volatile @Nullable StorageException poison;

  MemoryWriter(MemoryUploads uploads, MemoryUpload upload) {
    this.uploads = uploads;
    this.upload = upload;
  }

  @Override
  public UploadId id() {
    return new UploadId(upload.request().writeId());
  }

  @Override
  public StoragePath path() {
    return upload.path();
  }

  @Override
  public int chunkSize() {
    return upload.chunkSize();
  }

  @Override
  public void write(long offset, Chunk chunk, Call call) throws StorageException {
    try {
      requireUsable(call);
      upload.put(offset, chunk, uploads.now(), uploads.space());
      call.progressed();
    } catch (StorageException e) {
      if (e.kind() == ErrorKind.NO_SPACE) {
        poison = e;
      }
      throw e;
    } finally {
      chunk.release();
    }
  }

  @Override
  public void flush(Call call) throws StorageException {
    requireUsable(call);
  }

  @Override
  public List<ByteRange> received(Call call) throws StorageException {
    requireUsable(call);
    return upload.received();
  }

  @Override
  public FileMetadata commit(CommitRequest request) throws StorageException {
    requireUsable(request.call());
    FileMetadata answer = uploads.commit(upload, request);
    closed.set(true);
    return answer;
  }

  @Override
  public void detach(Call call) {
    closed.set(true);
  }

  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      uploads.abort(upload);
    }
  }

  private void requireUsable(Call call) throws StorageException {
    StorageException failure = poison;
    if (failure != null) {
      throw failure.toBuilder().build();
    }
    if (closed.get()) {
      throw StorageException.of(
          ErrorKind.CLOSED, "The writer is closed; resume the upload by its id.");
    }
    call.check();
  }
}
