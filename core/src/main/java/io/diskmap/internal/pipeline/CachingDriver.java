package io.diskmap.internal.pipeline;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.diskmap.Capabilities;
import io.diskmap.DeleteReport;
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
 * A driver whose metadata is answered from memory for a while.
 *
 * <p>Thread-safe. Every change through this disk forgets what it touches, before and after it
 * happens; a change by others shows once the time is over, or when a read meets another version.
 * "Not found" is never remembered (clause E1).
 */
final class CachingDriver implements StorageDriver {
  private static final int MAX_ENTRIES = 100_000;

  private final StorageDriver driver;
  private final Cache<StoragePath, FileMetadata> known;

  CachingDriver(StorageDriver driver, Duration timeToLive) {
    this.driver = driver;
    this.known =
        Caffeine.newBuilder().maximumSize(MAX_ENTRIES).expireAfterWrite(timeToLive).build();
  }

  /** Something that may change a path. */
  @FunctionalInterface
  private interface Change<T> {
    T run() throws StorageException;
  }

  private <T> T changing(StoragePath path, Change<T> change) throws StorageException {
    known.invalidate(path);
    try {
      return change.run();
    } finally {
      known.invalidate(path);
    }
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
    FileMetadata remembered = known.getIfPresent(path);
    if (remembered != null) {
      return remembered;
    }
    FileMetadata found = driver.stat(path, call);
    if (found.versionTag().strong()) {
      known.put(path, found);
    }
    return found;
  }

  @Override
  public boolean tellsAllOnOpen() {
    return driver.tellsAllOnOpen();
  }

  @Override
  public StorageReader openRead(StoragePath path, ReadRequest request) throws StorageException {
    try {
      StorageReader reader = driver.openRead(path, request);
      FileMetadata remembered = known.getIfPresent(path);
      if (remembered != null && !remembered.versionTag().matches(reader.metadata().versionTag())) {
        known.invalidate(path);
      }
      return reader;
    } catch (StorageException e) {
      known.invalidate(path);
      throw e;
    }
  }

  @Override
  public StorageWriter openWrite(StoragePath path, WriteRequest request) throws StorageException {
    return new ForgettingWriter(driver.openWrite(path, request), known);
  }

  @Override
  public StorageWriter resumeWrite(UploadId id, Call call) throws StorageException {
    return new ForgettingWriter(driver.resumeWrite(id, call), known);
  }

  @Override
  public FileMetadata put(
      StoragePath path, Chunk content, CommitRequest commit, WriteRequest request)
      throws StorageException {
    return changing(path, () -> driver.put(path, content, commit, request));
  }

  @Override
  public int putLimit() {
    return driver.putLimit();
  }

  @Override
  public EntryCursor list(StoragePath prefix, ListRequest request) throws StorageException {
    return driver.list(prefix, request);
  }

  @Override
  public boolean delete(StoragePath path, DeleteRequest request) throws StorageException {
    return changing(path, () -> driver.delete(path, request));
  }

  @Override
  public DeleteReport deletePrefix(StoragePath prefix, boolean dryRun, Call call)
      throws StorageException {
    try {
      return driver.deletePrefix(prefix, dryRun, call);
    } finally {
      known.asMap().keySet().removeIf(path -> path.isBelow(prefix));
    }
  }

  @Override
  public PresignedUrl presign(StoragePath path, PresignRequest request) throws StorageException {
    return driver.presign(path, request);
  }

  @Override
  public FileMetadata copy(StoragePath source, StoragePath target, WriteRequest request)
      throws StorageException {
    return changing(target, () -> driver.copy(source, target, request));
  }

  @Override
  public FileMetadata move(StoragePath source, StoragePath target, WriteRequest request)
      throws StorageException {
    return changing(source, () -> changing(target, () -> driver.move(source, target, request)));
  }

  @Override
  public List<PendingUpload> uploads(Duration idleFor, Call call) throws StorageException {
    return driver.uploads(idleFor, call);
  }

  @Override
  public void abortWrite(UploadId id, Call call) throws StorageException {
    driver.abortWrite(id, call);
  }

  @Override
  public Instant storeTime(Call call) throws StorageException {
    return driver.storeTime(call);
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
    known.invalidateAll();
    driver.close();
  }
}
