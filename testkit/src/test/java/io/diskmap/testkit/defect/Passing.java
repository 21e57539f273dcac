package io.diskmap.testkit.defect;

import io.diskmap.Capabilities;
import io.diskmap.DeleteReport;
import io.diskmap.FileMetadata;
import io.diskmap.Health;
import io.diskmap.StorageException;
import io.diskmap.StoragePath;
import io.diskmap.spi.Call;
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

/**
 * A driver that passes every call on; a defect overrides what it spoils. Thread-safe as its inner.
 */
class Passing implements StorageDriver {
  final StorageDriver inner;

  Passing(StorageDriver inner) {
    this.inner = inner;
  }

  @Override
  public Capabilities capabilities() throws StorageException {
    return inner.capabilities();
  }

  @Override
  public String endpoint() {
    return inner.endpoint();
  }

  @Override
  public FileMetadata stat(StoragePath path, Call call) throws StorageException {
    return inner.stat(path, call);
  }

  @Override
  public StorageReader openRead(StoragePath path, ReadRequest request) throws StorageException {
    return inner.openRead(path, request);
  }

  @Override
  public StorageWriter openWrite(StoragePath path, WriteRequest request) throws StorageException {
    return inner.openWrite(path, request);
  }

  @Override
  public StorageWriter resumeWrite(UploadId id, Call call) throws StorageException {
    return inner.resumeWrite(id, call);
  }

  @Override
  public int putLimit() {
    return inner.putLimit();
  }

  @Override
  public EntryCursor list(StoragePath prefix, ListRequest request) throws StorageException {
    return inner.list(prefix, request);
  }

  @Override
  public boolean delete(StoragePath path, DeleteRequest request) throws StorageException {
    return inner.delete(path, request);
  }

  @Override
  public DeleteReport deletePrefix(StoragePath prefix, boolean dryRun, Call call)
      throws StorageException {
    return inner.deletePrefix(prefix, dryRun, call);
  }

  @Override
  public FileMetadata copy(StoragePath source, StoragePath target, WriteRequest request)
      throws StorageException {
    return inner.copy(source, target, request);
  }

  @Override
  public FileMetadata move(StoragePath source, StoragePath target, WriteRequest request)
      throws StorageException {
    return inner.move(source, target, request);
  }

  @Override
  public List<PendingUpload> uploads(Duration idleFor, Call call) throws StorageException {
    return inner.uploads(idleFor, call);
  }

  @Override
  public void abortWrite(UploadId id, Call call) throws StorageException {
    inner.abortWrite(id, call);
  }

  @Override
  public Instant storeTime(Call call) throws StorageException {
    return inner.storeTime(call);
  }

  @Override
  public Health health(Call call) {
    return inner.health(call);
  }

  @Override
  public void close() {
    inner.close();
  }
}
