package io.diskmap.internal.pipeline;

import io.diskmap.ByteRange;
import io.diskmap.Capabilities;
import io.diskmap.DeleteReport;
import io.diskmap.ErrorKind;
import io.diskmap.FileMetadata;
import io.diskmap.Health;
import io.diskmap.StorageException;
import io.diskmap.StoragePath;
import io.diskmap.spi.Call;
import io.diskmap.spi.Chunk;
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
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** A driver around another one that fails exchanges, cuts readers and cuts cursors on command. */
final class FlakyDriver implements StorageDriver {
  private final StorageDriver driver;
  final AtomicInteger failures = new AtomicInteger();
  final AtomicInteger exchanges = new AtomicInteger();
  volatile ErrorKind kind = ErrorKind.UNAVAILABLE;
  volatile long cutReadersAfter = Long.MAX_VALUE;
  volatile int cutCursorsAfter = Integer.MAX_VALUE;
  volatile boolean shortBodies;
  volatile Runnable during = () -> {};

  FlakyDriver(StorageDriver driver) {
    this.driver = driver;
  }

  private void exchange() throws StorageException {
    exchanges.incrementAndGet();
    during.run();
    if (failures.getAndUpdate(n -> Math.max(0, n - 1)) > 0) {
      throw StorageException.of(kind, "The exchange failed on command.");
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
    exchange();
    return driver.stat(path, call);
  }

  @Override
  public StorageReader openRead(StoragePath path, ReadRequest request) throws StorageException {
    exchange();
    return new CutReader(driver.openRead(path, request));
  }

  @Override
  public StorageWriter openWrite(StoragePath path, WriteRequest request) throws StorageException {
    exchange();
    return driver.openWrite(path, request);
  }

  @Override
  public StorageWriter resumeWrite(UploadId id, Call call) throws StorageException {
    exchange();
    return driver.resumeWrite(id, call);
  }

  @Override
  public FileMetadata put(
      StoragePath path, Chunk content, CommitRequest commit, WriteRequest request)
      throws StorageException {
    try {
      exchange();
    } catch (StorageException e) {
      content.release();
      throw e;
    }
    return driver.put(path, content, commit, request);
  }

  @Override
  public int putLimit() {
    return driver.putLimit();
  }

  @Override
  public EntryCursor list(StoragePath prefix, ListRequest request) throws StorageException {
    exchange();
    return new CutCursor(driver.list(prefix, request));
  }

  @Override
  public boolean delete(StoragePath path, DeleteRequest request) throws StorageException {
    exchange();
    return driver.delete(path, request);
  }

  @Override
  public DeleteReport deletePrefix(StoragePath prefix, boolean dryRun, Call call)
      throws StorageException {
    exchange();
    return driver.deletePrefix(prefix, dryRun, call);
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
  public Health health(Call call) {
    return driver.health(call);
  }

  @Override
  public void close() {
    driver.close();
  }

  private final class CutReader implements StorageReader {
    private final StorageReader reader;
    private long given;

    CutReader(StorageReader reader) {
      this.reader = reader;
    }

    @Override
    public FileMetadata metadata() {
      return reader.metadata();
    }

    @Override
    public ByteRange range() {
      return reader.range();
    }

    @Override
    public int read(ByteBuffer target) throws StorageException {
      if (given >= cutReadersAfter) {
        if (shortBodies) {
          return -1;
        }
        throw StorageException.of(kind, "The connection broke on command.");
      }
      int limit = target.limit();
      target.limit((int) Math.min(limit, target.position() + cutReadersAfter - given));
      try {
        int count = reader.read(target);
        given += Math.max(0, count);
        return count;
      } finally {
        target.limit(limit);
      }
    }

    @Override
    public void close() {
      reader.close();
    }
  }

  private final class CutCursor implements EntryCursor {
    private final EntryCursor cursor;
    private int given;

    CutCursor(EntryCursor cursor) {
      this.cursor = cursor;
    }

    @Override
    public boolean next() throws StorageException {
      if (given++ >= cutCursorsAfter) {
        throw StorageException.of(kind, "The connection broke on command.");
      }
      return cursor.next();
    }

    @Override
    public FileMetadata entry() {
      return cursor.entry();
    }

    @Override
    public long skipped() {
      return cursor.skipped();
    }

    @Override
    public void close() {
      cursor.close();
    }
  }
}
