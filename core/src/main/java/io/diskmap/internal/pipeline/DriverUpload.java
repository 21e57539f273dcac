package io.diskmap.internal.pipeline;

import io.diskmap.AuditAction;
import io.diskmap.ByteRange;
import io.diskmap.CallOptions;
import io.diskmap.Content;
import io.diskmap.ErrorKind;
import io.diskmap.FileMetadata;
import io.diskmap.StorageException;
import io.diskmap.StoragePath;
import io.diskmap.Upload;
import io.diskmap.spi.Call;
import io.diskmap.spi.Chunk;
import io.diskmap.spi.CommitRequest;
import io.diskmap.spi.StorageWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A chunked save over a driver's writer.
 *
 * <p>Thread-safe. Each call is bounded and watched by itself; the commit is the operation that the
 * audit trail knows, or else that it was given up.
 */
final class DriverUpload implements Upload {
  private static final Logger LOG = LoggerFactory.getLogger(DriverUpload.class);

  private enum State {
    OPEN,
    COMMITTED,
    DETACHED,
    ABORTED
  }

  private final Disk disk;
  private final View view;
  private final StorageWriter writer;
  private final StoragePath path;
  private final CallOptions options;
  private final AtomicReference<State> state = new AtomicReference<>(State.OPEN);
  private volatile @Nullable FileMetadata committed;

  /** The path is the one that the view's caller knows. */
  DriverUpload(Disk disk, View view, StorageWriter writer, StoragePath path, CallOptions options) {
    this.disk = disk;
    this.view = view;
    this.writer = writer;
    this.path = path;
    this.options = options;
  }

  @Override
  public String id() {
    return writer.id().value();
  }

  @Override
  public StoragePath path() {
    return path;
  }

  @Override
  public int chunkSize() {
    return writer.chunkSize();
  }

  @Override
  public void write(long offset, Content content) throws StorageException {
    requireOpen();
    Operation step = Operation.step(disk, "upload.write", view, path.value(), options);
    step.complete(
        () -> {
          Call call = step.call();
          Chunk chunk = read(offset, content, call);
          int length = chunk.length();
          call.beginWait();
          try {
            writer.write(offset, chunk, call);
            writer.flush(call);
          } finally {
            call.endWait();
          }
          step.moved(length);
          return length;
        });
  }

  private Chunk read(long offset, Content content, Call call) throws StorageException {
    int size = writer.chunkSize();
    OptionalLong length = content.length();
    if (offset < 0 || offset % size != 0) {
      throw badChunk("The chunk's offset %d is not a multiple of %d.".formatted(offset, size));
    }
    if (length.orElse(1) > size || length.orElse(1) == 0) {
      throw badChunk(
          "The chunk has %d bytes; a chunk has 1 to %d.".formatted(length.getAsLong(), size));
    }
    Chunk chunk = disk.chunks().lease().acquire((int) length.orElse(size), call);
    boolean sealed = false;
    try (ReadableByteChannel channel = content.open();
        SourceReads source = new SourceReads(channel, call)) {
      source.fill(chunk.buffer());
      boolean complete =
          length.isEmpty()
              ? chunk.buffer().position() > 0
              : chunk.buffer().position() == length.getAsLong();
      if (!complete || source.fill(ByteBuffer.allocate(1))) {
        throw badChunk("The chunk's content is not as long as announced.");
      }
      chunk.seal();
      sealed = true;
      return chunk;
    } catch (StorageException e) {
      throw e;
    } catch (IOException e) {
      throw StorageException.of(ErrorKind.SOURCE_FAILED, "The source of the chunk failed.", e);
    } finally {
      if (!sealed) {
        chunk.release();
      }
    }
  }

  private static StorageException badChunk(String sentence) {
    return StorageException.of(ErrorKind.LENGTH_MISMATCH, sentence);
  }

  @Override
  public List<ByteRange> received() throws StorageException {
    requireOpen();
    Operation step = Operation.step(disk, "upload.received", view, path.value(), options);
    return step.complete(() -> writer.received(step.call()));
  }

  @Override
  public FileMetadata commit(long length) throws StorageException {
    FileMetadata before = committed;
    if (before != null) {
      return before;
    }
    requireOpen();
    Operation operation =
        Operation.begin(
            disk,
            "upload.commit",
            AuditAction.FILE_UPLOADED_CHUNKED,
            view,
            path.value(),
            options,
            true);
    disk.calls().recordedUploads().add(id());
    return operation.complete(
        () -> {
          operation.cleanupOf(writer.path());
          operation.call().beginWait();
          FileMetadata saved;
          try {
            saved = writer.commit(new CommitRequest(length, List.of(), operation.call()));
          } finally {
            operation.call().endWait();
          }
          state.set(State.COMMITTED);
          saved = view.shown(ContentTypes.fill(saved));
          committed = saved;
          operation.about(saved);
          operation.moved(length);
          writer.close();
          return saved;
        });
  }

  @Override
  public void abort() throws StorageException {
    if (state.compareAndSet(State.OPEN, State.ABORTED)) {
      writer.close();
      recordAbort();
    }
  }

  /** The record of a save that its caller gave up; one whose commit failed has its record. */
  private void recordAbort() {
    if (disk.driver().isAuditedByPeer() || disk.calls().recordedUploads().contains(id())) {
      return;
    }
    try {
      Operation.beginPart(
              disk, "upload.abort", AuditAction.FILE_UPLOADED_CHUNKED, view, path.value(), options)
          .fail(StorageException.of(ErrorKind.CANCELLED, "The caller gave the upload up."));
    } catch (StorageException closed) {
      LOG.debug("an upload that was given up after the close of its disk has no record", closed);
    }
  }

  @Override
  public void detach() throws StorageException {
    if (state.compareAndSet(State.OPEN, State.DETACHED)) {
      Operation step = Operation.step(disk, "upload.detach", view, path.value(), options);
      step.complete(
          () -> {
            try {
              writer.detach(step.call());
            } finally {
              writer.close();
            }
            return writer.id();
          });
    }
  }

  @Override
  public void close() throws StorageException {
    abort();
  }

  private void requireOpen() throws StorageException {
    State now = Objects.requireNonNull(state.get());
    if (now != State.OPEN) {
      throw StorageException.of(
          ErrorKind.CLOSED, "The upload is " + now.name().toLowerCase(Locale.ROOT) + " already.");
    }
  }
}
