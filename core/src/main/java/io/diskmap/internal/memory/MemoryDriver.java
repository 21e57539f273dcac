package io.diskmap.internal.memory;

import io.diskmap.Capabilities;
import io.diskmap.Capabilities.Atomicity;
import io.diskmap.DeleteReport;
import io.diskmap.Durability;
import io.diskmap.ErrorKind;
import io.diskmap.FileMetadata;
import io.diskmap.Health;
import io.diskmap.StorageException;
import io.diskmap.StoragePath;
import io.diskmap.spi.Call;
import io.diskmap.spi.CommitRequest;
import io.diskmap.spi.DeleteRequest;
import io.diskmap.spi.EntryCursor;
import io.diskmap.spi.ListRequest;
import io.diskmap.spi.PendingUpload;
import io.diskmap.spi.ReadRequest;
import io.diskmap.spi.StorageDriver;
import io.diskmap.spi.StorageReader;
import io.diskmap.spi.StorageWriter;
import io.diskmap.spi.UploadId;
import io.diskmap.spi.WriteRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A disk in this process. Thread-safe; no call waits for another but for the step of publishing.
 */
final class MemoryDriver implements StorageDriver {
  private final MemoryOptions options;
  private final MemorySpace space;
  private final MemoryTree tree;
  private final MemoryUploads uploads;
  private volatile boolean closed;

  MemoryDriver(MemoryOptions options) {
    this.options = options;
    this.space = new MemorySpace(options.capacity());
    this.tree = new MemoryTree(options.clock(), space);
    this.uploads = new MemoryUploads(tree, space, options.clock(), options.chunkSize());
  }

  @Override
  public Capabilities capabilities() {
    return new Capabilities(
        Atomicity.ATOMIC,
        Atomicity.ATOMIC,
        Durability.NONE,
        true,
        true,
        true,
        true,
        StoragePath.MAX_SEGMENT_BYTES,
        StoragePath.MAX_PATH_BYTES,
        options.capacity());
  }

  @Override
  public String endpoint() {
    return "memory:" + options.disk();
  }

  @Override
  public FileMetadata stat(StoragePath path, Call call) throws StorageException {
    requireOpen(call);
    return tree.get(path).metadata(path);
  }

  @Override
  public StorageReader openRead(StoragePath path, ReadRequest request) throws StorageException {
    requireOpen(request.call());
    MemoryFile file = tree.get(path);
    if (request.ifMatch().isPresent() && !file.tag().matches(request.ifMatch().get())) {
      throw StorageException.of(
          ErrorKind.PRECONDITION_FAILED, "The file is not the version that the call named.");
    }
    return new MemoryReader(path, file, request.range(), request.call(), () -> closed);
  }

  @Override
  public StorageWriter openWrite(StoragePath path, WriteRequest request) throws StorageException {
    requireOpen(request.call());
    return new MemoryWriter(uploads, uploads.begin(path, request));
  }

  @Override
  public StorageWriter resumeWrite(UploadId id, Call call) throws StorageException {
    requireOpen(call);
    Optional<MemoryUpload> staged = uploads.find(id);
    if (staged.isPresent()) {
      return new MemoryWriter(uploads, staged.get());
    }
    MemoryDone.Answer answer = uploads.finished(id).orElseThrow(MemoryUpload::gone);
    return new MemoryFinishedWriter(id, answer, options.chunkSize());
  }

  @Override
  public int putLimit() {
    return options.chunkSize();
  }

  @Override
  public EntryCursor list(StoragePath prefix, ListRequest request) throws StorageException {
    requireOpen(request.call());
    return new MemoryCursor(tree, prefix, request);
  }

  @Override
  public boolean delete(StoragePath path, DeleteRequest request) throws StorageException {
    requireOpen(request.call());
    return tree.delete(path, request.ifMatch()).isPresent();
  }

  @Override
  public DeleteReport deletePrefix(StoragePath prefix, boolean dryRun, Call call)
      throws StorageException {
    requireOpen(call);
    long files = 0;
    long bytes = 0;
    EntryCursor cursor = new MemoryCursor(tree, prefix, ListRequest.all(call));
    while (cursor.next()) {
      FileMetadata entry = cursor.entry();
      Optional<Long> removed =
          dryRun
              ? Optional.of(entry.size())
              : tree.delete(entry.path(), Optional.empty()).map(MemoryFile::size);
      if (removed.isPresent()) {
        files++;
        bytes += removed.get();
      }
    }
    return new DeleteReport(files, bytes, 0, List.of(), dryRun);
  }

  @Override
  public FileMetadata copy(StoragePath source, StoragePath target, WriteRequest request)
      throws StorageException {
    requireOpen(request.call());
    MemoryFile file = tree.get(source);
    if (source.equals(target)) {
      return file.metadata(target);
    }
    MemoryFile wanted = kept(file, request);
    space.take(file.size());
    boolean published = false;
    try {
      MemoryFile copied = tree.publish(target, request.condition(), wanted::as);
      published = true;
      return copied.metadata(target);
    } finally {
      if (!published) {
        space.giveBack(file.size());
      }
    }
  }

  @Override
  public FileMetadata move(StoragePath source, StoragePath target, WriteRequest request)
      throws StorageException {
    requireOpen(request.call());
    if (source.equals(target)) {
      return tree.get(source).metadata(target);
    }
    return tree.move(source, target, request.condition(), file -> kept(file, request))
        .metadata(target);
  }

  /** The file with what the request asks to keep instead. */
  private static MemoryFile kept(MemoryFile file, WriteRequest request) throws StorageException {
    return new MemoryFile(
        file.content(),
        file.modified(),
        file.tag(),
        request.contentType().isPresent() ? request.contentType() : file.contentType(),
        MemoryChecks.verify(
            file.content(),
            request,
            new CommitRequest(file.size(), file.checksums(), request.call())),
        request.attributes().isEmpty() ? file.attributes() : request.attributes());
  }

  @Override
  public List<PendingUpload> uploads(Duration idleFor, Call call) throws StorageException {
    requireOpen(call);
    return uploads.pending(idleFor);
  }

  @Override
  public void abortWrite(UploadId id, Call call) throws StorageException {
    requireOpen(call);
    uploads.find(id).ifPresent(uploads::abort);
  }

  @Override
  public Instant storeTime(Call call) throws StorageException {
    requireOpen(call);
    return options.clock().instant();
  }

  @Override
  public Health health(Call call) {
    return closed
        ? Health.failed(Duration.ZERO, closedError())
        : Health.ok(
            Duration.ZERO,
            Map.of(
                "files", Integer.toString(tree.count()),
                "bytes", Long.toString(space.used()),
                "uploads", Integer.toString(uploads.count())));
  }

  @Override
  public void close() {
    closed = true;
    uploads.clear();
    tree.clear();
  }

  private void requireOpen(Call call) throws StorageException {
    if (closed) {
      throw closedError();
    }
    call.check();
  }

  private static StorageException closedError() {
    return StorageException.of(ErrorKind.CLOSED, "The memory disk is closed.");
  }
}
