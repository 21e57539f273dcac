package io.diskmap.internal.pipeline;

import io.diskmap.Capabilities;
import io.diskmap.DeleteReport;
import io.diskmap.DiskMapException;
import io.diskmap.ErrorKind;
import io.diskmap.FileMetadata;
import io.diskmap.Health;
import io.diskmap.PresignedUrl;
import io.diskmap.StorageException;
import io.diskmap.StoragePath;
import io.diskmap.spi.Call;
import io.diskmap.spi.Chunk;
import io.diskmap.spi.CommitRequest;
import io.diskmap.spi.DeleteRequest;
import io.diskmap.spi.EntryCursor;
import io.diskmap.spi.ListRequest;
import io.diskmap.spi.PendingUpload;
import io.diskmap.spi.PresignRequest;
import io.diskmap.spi.ReadRequest;
import io.diskmap.spi.StorageDriver;
import io.diskmap.spi.StorageReader;
import io.diskmap.spi.StorageWriter;
import io.diskmap.spi.UploadId;
import io.diskmap.spi.WriteRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * A driver whose exchanges are repeated where nothing can be lost or doubled (clause E3).
 *
 * <p>Thread-safe. A driver answers a change with a passing kind only if the change did not happen,
 * so every method here may be repeated. Readers and cursors that are open go on by themselves: see
 * {@link ResumingReader} and {@link CheckedCursor}. Chunks that a writer holds are repeated by the
 * driver. The waits for the store are counted for the watch for stalls.
 */
final class RetryingDriver implements StorageDriver {
  private final StorageDriver driver;
  private final Retries retries;

  RetryingDriver(StorageDriver driver, Retries retries) {
    this.driver = driver;
    this.retries = retries;
  }

  private <T> T exchange(Call call, Retries.Attempt<T> attempt) throws StorageException {
    call.check();
    call.beginWait();
    try {
      return retries.run(call, attempt);
    } catch (DiskMapException e) {
      throw unreadableSecret(e);
    } finally {
      call.endWait();
    }
  }

  /** A secret that was readable at the start and is gone now; the message names where it was. */
  private static StorageException unreadableSecret(DiskMapException e) {
    return StorageException.of(
        ErrorKind.UNAUTHENTICATED, "A secret of the disk cannot be read: " + e.getMessage(), e);
  }

  @Override
  public Capabilities capabilities() throws StorageException {
    return driver.capabilities();
  }

  @Override
  public String endpoint() {
    return driver.endpoint();
  }

  @Override
  public FileMetadata stat(StoragePath path, Call call) throws StorageException {
    return exchange(call, () -> driver.stat(path, call));
  }

  @Override
  public boolean tellsAllOnOpen() {
    return driver.tellsAllOnOpen();
  }

  @Override
  public StorageReader openRead(StoragePath path, ReadRequest request) throws StorageException {
    return exchange(request.call(), () -> driver.openRead(path, request));
  }

  @Override
  public StorageWriter openWrite(StoragePath path, WriteRequest request) throws StorageException {
    return exchange(request.call(), () -> driver.openWrite(path, request));
  }

  @Override
  public StorageWriter resumeWrite(UploadId id, Call call) throws StorageException {
    return exchange(call, () -> driver.resumeWrite(id, call));
  }

  @Override
  public FileMetadata put(
      StoragePath path, Chunk content, CommitRequest commit, WriteRequest request)
      throws StorageException {
    try {
      return exchange(request.call(), () -> driver.put(path, content.retain(), commit, request));
    } finally {
      content.release();
    }
  }

  @Override
  public int putLimit() {
    return driver.putLimit();
  }

  @Override
  public EntryCursor list(StoragePath prefix, ListRequest request) throws StorageException {
    return exchange(request.call(), () -> driver.list(prefix, request));
  }

  @Override
  public boolean delete(StoragePath path, DeleteRequest request) throws StorageException {
    return exchange(request.call(), () -> driver.delete(path, request));
  }

  @Override
  public DeleteReport deletePrefix(StoragePath prefix, boolean dryRun, Call call)
      throws StorageException {
    return exchange(call, () -> driver.deletePrefix(prefix, dryRun, call));
  }

  @Override
  public PresignedUrl presign(StoragePath path, PresignRequest request) throws StorageException {
    return exchange(request.call(), () -> driver.presign(path, request));
  }

  @Override
  public FileMetadata copy(StoragePath source, StoragePath target, WriteRequest request)
      throws StorageException {
    return exchange(request.call(), () -> driver.copy(source, target, request));
  }

  @Override
  public FileMetadata move(StoragePath source, StoragePath target, WriteRequest request)
      throws StorageException {
    return exchange(request.call(), () -> driver.move(source, target, request));
  }

  @Override
  public List<PendingUpload> uploads(Duration idleFor, Call call) throws StorageException {
    return exchange(call, () -> driver.uploads(idleFor, call));
  }

  @Override
  public void abortWrite(UploadId id, Call call) throws StorageException {
    exchange(
        call,
        () -> {
          driver.abortWrite(id, call);
          return id;
        });
  }

  @Override
  public Instant storeTime(Call call) throws StorageException {
    return exchange(call, () -> driver.storeTime(call));
  }

  @Override
  public boolean announcesEffects() {
    return driver.announcesEffects();
  }

  @Override
  public boolean isAuditedByPeer() {
    return driver.isAuditedByPeer();
  }

  @Override
  public Health health(Call call) {
    return driver.health(call);
  }

  @Override
  public void close() {
    driver.close();
  }
}
