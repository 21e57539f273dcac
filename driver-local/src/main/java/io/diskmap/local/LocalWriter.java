package io.diskmap.local;

import io.diskmap.ByteRange;
import io.diskmap.ErrorKind;
import io.diskmap.FileMetadata;
import io.diskmap.StorageException;
import io.diskmap.StoragePath;
import io.diskmap.spi.ArrivingChunk;
import io.diskmap.spi.Call;
import io.diskmap.spi.Chunk;
import io.diskmap.spi.CommitRequest;
import io.diskmap.spi.StorageWriter;
import io.diskmap.spi.UploadId;
import io.diskmap.spi.WriteRequest;
import io.diskmap.spi.record.Checks;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jspecify.annotations.Nullable;

/**
 * A chunked save: chunks go to their place in the staged file at once, in the thread that brings
 * them.
 *
 * <p>Thread-safe. Commit, detach and close wait for the chunks that are on their way. The writing
 * thread itself writes, because the system's page cache takes the bytes faster than a hand-over
 * costs.
 */
final class LocalWriter implements StorageWriter {
  private enum State {
    OPEN,
    DONE,
    CLOSED
  }

  private final UploadId id;
  private final WriteRequest request;
  private final StagedUpload upload;
  private final UploadEnd end;
  private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
  private volatile State state;
  private volatile @Nullable StorageException failure;

  /** A writer over a staged upload, or over the record of one that is already published. */
  LocalWriter(UploadId id, WriteRequest request, StagedUpload upload, UploadEnd end) {
    this.id = id;
    this.request = request;
    this.upload = upload;
    this.end = end;
    this.state = State.OPEN;
  }

  @Override
  public UploadId id() {
    return id;
  }

  @Override
  public StoragePath path() {
    return upload.record().path();
  }

  @Override
  public int chunkSize() {
    return upload.record().chunkSize();
  }

  @Override
  public void write(long offset, Chunk chunk, Call call) throws StorageException {
    try {
      run(
          call,
          () -> {
            requirePlace(offset, chunk.length());
            upload.write(offset, chunk);
          });
    } finally {
      chunk.release();
    }
  }

  @Override
  public Optional<ArrivingChunk> arriving(long offset, int length, Call call)
      throws StorageException {
    requireOpen();
    requirePlace(offset, length);
    return Optional.of(new LocalArrival(this, upload, upload.enter(offset), offset, length));
  }

  /** Runs a step on the staged file while nothing else ends the writer. */
  void run(Call call, LocalArrival.Step step) throws StorageException {
    lock.readLock().lock();
    try {
      requireOpen();
      call.check();
      step.run();
      call.progressed();
    } catch (IOException e) {
      throw poisoned(e);
    } finally {
      lock.readLock().unlock();
    }
  }

  /** Keeps a failure of the system; a refusal or a cancelled call leaves the writer as it is. */
  private StorageException poisoned(IOException e) {
    if (e instanceof StorageException refused) {
      return refused;
    }
    StorageException translated = LocalErrors.of(e);
    if (translated.kind() != ErrorKind.CANCELLED) {
      failure = translated;
    }
    return translated;
  }

  private void requireOpen() throws StorageException {
    StorageException why = failure;
    if (why != null) {
      throw StorageException.of(why.kind(), why.sentence(), why);
    }
    if (state == State.CLOSED) {
      throw StorageException.of(ErrorKind.CLOSED, "The writer is closed.");
    }
    if (state == State.DONE) {
      throw StorageException.of(
          ErrorKind.PRECONDITION_FAILED, "The upload is committed; begin another one.");
    }
  }

  private void requirePlace(long offset, int length) throws StorageException {
    int size = chunkSize();
    if (offset < 0 || offset % size != 0 || length <= 0 || length > size) {
      throw Checks.lengthMismatch(
          "A chunk begins at a multiple of %d and has at most as many bytes.".formatted(size));
    }
    if (request.length().isPresent()) {
      long left = request.length().getAsLong() - offset;
      if (length != Math.min(size, left)) {
        throw Checks.lengthMismatch(
            "The chunk at offset %d must have %d bytes to end with the announced length."
                .formatted(offset, Math.max(0, Math.min(size, left))));
      }
    }
  }

  @Override
  public void flush(Call call) throws StorageException {
    lock.readLock().lock();
    try {
      requireOpen();
      upload.flush();
    } catch (IOException e) {
      throw poisoned(e);
    } finally {
      lock.readLock().unlock();
    }
  }

  @Override
  public List<ByteRange> received(Call call) throws StorageException {
    lock.readLock().lock();
    try {
      StorageException why = failure;
      if (why != null || state == State.CLOSED) {
        requireOpen();
      }
      var done = upload.record().outcome();
      if (done.isPresent()) {
        long size = done.get().size();
        return size == 0 ? List.of() : List.of(ByteRange.of(0, size));
      }
      return upload.received(call);
    } catch (IOException e) {
      throw poisoned(e);
    } finally {
      lock.readLock().unlock();
    }
  }

  @Override
  public FileMetadata commit(CommitRequest commit) throws StorageException {
    lock.writeLock().lock();
    try {
      if (state != State.DONE) {
        requireOpen();
      }
      FileMetadata published = end.commit(upload, commit, request);
      state = State.DONE;
      return published;
    } catch (IOException e) {
      throw poisoned(e);
    } finally {
      lock.writeLock().unlock();
    }
  }

  @Override
  public void detach(Call call) throws StorageException {
    lock.writeLock().lock();
    try {
      if (state == State.CLOSED) {
        return;
      }
      try {
        upload.flush();
      } finally {
        state = State.CLOSED;
        end.leave(upload);
      }
    } catch (IOException e) {
      throw LocalErrors.of(e);
    } finally {
      lock.writeLock().unlock();
    }
  }

  @Override
  public void close() {
    lock.writeLock().lock();
    try {
      if (state == State.CLOSED) {
        return;
      }
      if (state == State.OPEN) {
        Quietly.run(() -> end.abort(id.value(), request.call()));
      }
      state = State.CLOSED;
      end.leave(upload);
    } finally {
      lock.writeLock().unlock();
    }
  }
}
