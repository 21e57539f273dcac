package io.diskmap.local;

import io.diskmap.Capabilities;
import io.diskmap.DeleteReport;
import io.diskmap.Durability;
import io.diskmap.ErrorKind;
import io.diskmap.FileMetadata;
import io.diskmap.Health;
import io.diskmap.StorageException;
import io.diskmap.StoragePath;
import io.diskmap.spi.Call;
import io.diskmap.spi.Chunk;
import io.diskmap.spi.CommitRequest;
import io.diskmap.spi.DeleteRequest;
import io.diskmap.spi.DriverContext;
import io.diskmap.spi.EntryCursor;
import io.diskmap.spi.ListRequest;
import io.diskmap.spi.PendingUpload;
import io.diskmap.spi.ReadRequest;
import io.diskmap.spi.StorageDriver;
import io.diskmap.spi.StorageReader;
import io.diskmap.spi.StorageWriter;
import io.diskmap.spi.UploadId;
import io.diskmap.spi.WriteRequest;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * One local disk: a directory, and what is in it.
 *
 * <p>Thread-safe. Each operation walks from the root's open handle and leaves nothing open but
 * readers, writers and cursors. Failures of the system become those of the contract here, in {@link
 * LocalErrors}.
 */
final class LocalDriver implements StorageDriver {
  private final Disk disk;
  private final Uploads uploads;
  private final SmallSave smallSave;
  private final Opening opening;
  private final Deletes deletes;
  private final Copies copies;
  private final ReentrantLock probing = new ReentrantLock();
  private volatile @Nullable Capabilities capabilities;

  private LocalDriver(Disk disk) {
    this.disk = disk;
    Publisher publisher = new Publisher(disk);
    OneShot oneShot = new OneShot(disk, publisher);
    this.uploads = new Uploads(disk, publisher);
    this.smallSave = new SmallSave(disk, oneShot);
    this.opening = new Opening(disk);
    this.deletes = new Deletes(disk);
    this.copies = new Copies(disk, oneShot, publisher, opening, deletes);
  }

  static LocalDriver open(DriverContext context, LocalOptions options) throws StorageException {
    Root.require(options, context.readOnly());
    try {
      return new LocalDriver(Disk.open(context, options));
    } catch (IOException e) {
      throw Root.unusable(options, e);
    }
  }

  /** The parts, for tests. */
  Disk disk() {
    return disk;
  }

  @Override
  public Capabilities capabilities() throws StorageException {
    Capabilities known = capabilities;
    if (known != null) {
      return known;
    }
    probing.lock();
    try {
      if (capabilities == null) {
        capabilities = new Probe(disk).probe();
      }
      return capabilities;
    } catch (IOException e) {
      throw LocalErrors.of(e);
    } finally {
      probing.unlock();
    }
  }

  @Override
  public String endpoint() {
    return disk.tree.path().toUri().toString();
  }

  @Override
  public FileMetadata stat(StoragePath path, Call call) throws StorageException {
    call.check();
    return disk.run(
        root -> {
          try (Lookup.Found found = disk.lookup.find(root, path)) {
            Version version = found.version();
            return disk.sidecars.of(version.attrs()).on(version.metadata(path));
          }
        });
  }

  @Override
  public StorageReader openRead(StoragePath path, ReadRequest request) throws StorageException {
    return disk.run(root -> opening.open(root, path, request));
  }

  @Override
  public StorageWriter openWrite(StoragePath path, WriteRequest request) throws StorageException {
    requireDurability(request);
    request.call().check();
    try {
      return uploads.begin(path, request);
    } catch (IOException e) {
      throw LocalErrors.of(e);
    }
  }

  @Override
  public StorageWriter resumeWrite(UploadId id, Call call) throws StorageException {
    call.check();
    try {
      return uploads.resume(id, call);
    } catch (IOException e) {
      throw LocalErrors.of(e);
    }
  }

  @Override
  public FileMetadata put(
      StoragePath path, Chunk content, CommitRequest commit, WriteRequest request)
      throws StorageException {
    try {
      requireDurability(request);
      return smallSave.put(path, content, commit, request);
    } finally {
      content.release();
    }
  }

  /** Nothing is promised that the file system cannot keep. */
  private void requireDurability(WriteRequest request) throws StorageException {
    Durability most = capabilities().durability();
    if (request.durability().compareTo(most) > 0) {
      throw StorageException.of(
          ErrorKind.UNSUPPORTED,
          "The file system cannot make a %s durable (fsync fails); ask for durability %s."
              .formatted(
                  request.durability() == Durability.NAME ? "name" : "content",
                  most.name().toLowerCase(Locale.ROOT)));
    }
  }

  @Override
  public int putLimit() {
    return Uploads.CHUNK;
  }

  @Override
  public EntryCursor list(StoragePath prefix, ListRequest request) throws StorageException {
    request.call().check();
    return new LocalCursor(disk, prefix, request);
  }

  @Override
  public boolean delete(StoragePath path, DeleteRequest request) throws StorageException {
    request.call().check();
    return disk.run(root -> deletes.delete(root, path, request));
  }

  @Override
  public DeleteReport deletePrefix(StoragePath prefix, boolean dryRun, Call call)
      throws StorageException {
    return new PrefixDelete(disk, prefix, dryRun, call).run();
  }

  @Override
  public FileMetadata copy(StoragePath source, StoragePath target, WriteRequest request)
      throws StorageException {
    requireDurability(request);
    return disk.run(root -> copies.copy(root, source, target, request));
  }

  @Override
  public FileMetadata move(StoragePath source, StoragePath target, WriteRequest request)
      throws StorageException {
    requireDurability(request);
    return disk.run(root -> copies.move(root, source, target, request));
  }

  @Override
  public List<PendingUpload> uploads(Duration idleFor, Call call) throws StorageException {
    try {
      return uploads.pending(idleFor, call);
    } catch (IOException e) {
      throw LocalErrors.of(e);
    }
  }

  @Override
  public void abortWrite(UploadId id, Call call) throws StorageException {
    try {
      uploads.abort(id, call);
    } catch (IOException e) {
      throw LocalErrors.of(e);
    }
  }

  @Override
  public Instant storeTime(Call call) throws StorageException {
    call.check();
    if (disk.context.readOnly()) {
      return disk.clock.now();
    }
    try {
      return disk.saves.storeTime();
    } catch (IOException e) {
      throw LocalErrors.of(e);
    }
  }

  @Override
  public boolean announcesEffects() {
    return true;
  }

  @Override
  public Health health(Call call) {
    return new LocalHealth(disk).check(call);
  }

  @Override
  public void close() {
    disk.close();
  }
}
