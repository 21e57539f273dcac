package io.diskmap.internal.pipeline;

import io.diskmap.AuditAction;
import io.diskmap.ByteRange;
import io.diskmap.CallOptions;
import io.diskmap.Checksum;
import io.diskmap.Content;
import io.diskmap.ErrorKind;
import io.diskmap.FileMetadata;
import io.diskmap.StorageException;
import io.diskmap.StoragePath;
import io.diskmap.Upload;
import io.diskmap.spi.CommitRequest;
import io.diskmap.spi.StorageWriter;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
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
    write(offset, content, Optional.empty());
  }

  @Override
  public void write(long offset, Content content, Checksum expected) throws StorageException {
    write(offset, content, Optional.of(expected));
  }

  private void write(long offset, Content content, Optional<Checksum> expected)
      throws StorageException {
    requireOpen();
    Operation step = Operation.step(disk, "upload.write", view, path.value(), options);
    step.complete(
        () -> {
          int length = new ChunkTransfer(disk, writer, expected, step.call()).run(offset, content);
          step.moved(length);
          return length;
        });
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
