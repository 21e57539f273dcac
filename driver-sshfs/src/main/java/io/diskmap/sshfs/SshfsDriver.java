package io.diskmap.sshfs;

import io.diskmap.ByteRange;
import io.diskmap.CallContext;
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
import io.diskmap.spi.staged.RemoteStat;
import io.diskmap.spi.tree.TreeCursor;
import io.diskmap.spi.tree.TreeEntry;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A disk on an SFTP server.
 *
 * <p>Thread-safe. Saves and deletes of single files are those of the staged saves over {@link
 * SshfsStore}; reads, listings and the delete of a prefix are here.
 */
final class SshfsDriver implements StorageDriver {
  private static final Duration GOODBYE = Duration.ofSeconds(5);
  private static final int OPENINGS = 4;

  /** Up to this size nothing is gained by reading before everything has come. */
  private static final long AT_ONCE = 64 * 1024;

  private static final StoragePath ANY = anyPath();

  private final DriverContext context;
  private final SshfsOptions options;
  private final SshfsSessions sessions;
  private final Mounting mounting;
  private final ReadAhead readAhead = new ReadAhead();
  private final AtomicBoolean closed = new AtomicBoolean();

  private SshfsDriver(DriverContext context, SshfsOptions options, SshfsSessions sessions) {
    this.context = context;
    this.options = options;
    this.sessions = sessions;
    this.mounting = new Mounting(context, options, sessions);
  }

  private static StoragePath anyPath() {
    try {
      return StoragePath.of("any");
    } catch (StorageException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Opens a disk; a server that cannot be reached now is no failure, a refused log-in is one. */
  static SshfsDriver open(DriverContext context, SshfsOptions options) throws StorageException {
    SshfsSessions sessions = new SshfsSessions(context, options);
    SshfsDriver driver = new SshfsDriver(context, options, sessions);
    boolean opened = false;
    try {
      driver.mounting.mounted(Call.within(CallContext.none(), context.timeout()));
      opened = true;
    } catch (StorageException e) {
      if (!e.kind().isTransient()) {
        throw e;
      }
      opened = true;
    } finally {
      if (!opened) {
        sessions.close();
      }
    }
    return driver;
  }

  private Mounted mounted(Call call) throws StorageException {
    if (closed.get()) {
      throw StorageException.of(ErrorKind.CLOSED, "The disk is closed.");
    }
    call.check();
    return mounting.mounted(call);
  }

  @Override
  public Capabilities capabilities() throws StorageException {
    SftpExtensions can = mounted(Call.within(CallContext.none(), context.timeout())).extensions();
    return new Capabilities(
        can.has(SftpExtensions.HARDLINK) ? Atomicity.ATOMIC : Atomicity.NONE,
        Atomicity.NONE,
        can.has(SftpExtensions.FSYNC) ? Durability.CONTENT : Durability.NONE,
        true,
        can.has(SftpExtensions.COPY_DATA),
        can.has(SftpExtensions.POSIX_RENAME),
        true,
        StoragePath.MAX_SEGMENT_BYTES,
        StoragePath.MAX_PATH_BYTES,
        Long.MAX_VALUE);
  }

  @Override
  public String endpoint() {
    String slash = options.root().startsWith("/") ? "" : "/";
    return "sftp://" + options.host() + ':' + options.port() + slash + options.root();
  }

  @Override
  public FileMetadata stat(StoragePath path, Call call) throws StorageException {
    Mounted disk = mounted(call);
    SshfsLinks.Found found = require(disk, path, call);
    return disk.saves().described(path, found.stat(), call);
  }

  private SshfsLinks.Found require(Mounted disk, StoragePath path, Call call)
      throws StorageException {
    Optional<RemoteStat> found;
    if (disk.saves().areSidecarsKnown()) {
      found = disk.store().look(path.value(), call);
    } else {
      List<Optional<RemoteStat>> both =
          disk.store().lookBeside(path.value(), disk.saves().sidecarDirectory(), call);
      found = both.get(0);
      disk.saves().sidecarsObserved(both.get(1).isPresent());
    }
    RemoteStat stat = found.orElseThrow(SshfsDriver::missing);
    return disk.links().behind(path.value(), stat, call).orElseThrow(SshfsDriver::missing);
  }

  private static StorageException missing() {
    return StorageException.of(ErrorKind.NOT_FOUND, "There is no such file on the server.");
  }

  /**
   * The first reads go out beside the look at the open file, for the version that was seen before
   * it was opened; a file that was replaced in between is opened again. That also helps with a
   * server that looks at the name of an open file instead of the file.
   */
  @Override
  public StorageReader openRead(StoragePath path, ReadRequest request) throws StorageException {
    for (int attempt = 1; attempt < OPENINGS; attempt++) {
      Mounted disk = mounted(request.call());
      SshfsLinks.Found found = require(disk, path, request.call());
      Opened opened = open(disk, found, request.call());
      Bundle first = opened.batch().bundle();
      Exchange looking = first.add(SftpRequest.of(Sftp.FSTAT, opened.handle()));
      SshfsReader reader = reader(disk, path, request, opened, found.stat(), first);
      boolean kept = false;
      try {
        if (found.stat().size() <= AT_ONCE) {
          opened.batch().settle(first);
        }
        kept = opened.pinned(looking).isSame(found.stat());
        if (kept) {
          return reader;
        }
      } finally {
        if (!kept) {
          reader.close();
        }
      }
    }
    return openAsItIs(path, request);
  }

  /** Opens a file that others keep replacing, and asks for nothing before it is known. */
  private StorageReader openAsItIs(StoragePath path, ReadRequest request) throws StorageException {
    Mounted disk = mounted(request.call());
    Opened opened = open(disk, require(disk, path, request.call()), request.call());
    RemoteStat pinned;
    boolean known = false;
    try {
      Batch batch = opened.batch();
      pinned = opened.pinned(batch.send(SftpRequest.of(Sftp.FSTAT, opened.handle())));
      known = true;
    } finally {
      if (!known) {
        opened.close();
      }
    }
    return reader(disk, path, request, opened, pinned, opened.batch().bundle());
  }

  /** A file that was opened to be read. */
  private record Opened(Batch batch, byte[] handle) {
    /** What the server tells of the open file, asked by this look. */
    RemoteStat pinned(Exchange looking) throws StorageException {
      return Batch.stat(batch.await(looking))
          .filter(RemoteStat::isFile)
          .orElseThrow(SshfsDriver::missing);
    }

    void close() {
      batch.channel().tell(SftpRequest.of(Sftp.CLOSE, handle));
    }
  }

  private Opened open(Mounted disk, SshfsLinks.Found found, Call call) throws StorageException {
    Batch batch = disk.store().batch(call);
    byte[] absolute = disk.store().root().absolute(found.path());
    Bundle bundle = batch.bundle();
    Exchange opening =
        bundle.add(SftpRequest.of(Sftp.OPEN, absolute).number(Sftp.READ_FLAG).number(0));
    List<Exchange> ways = batch.addLooks(bundle, RemoteRoot.parents(found.path()));
    Exchange look = batch.addLook(bundle, found.path());
    bundle.send();
    batch.settle(bundle);
    Opened opened = new Opened(batch, batch.await(opening).orThrow().handle());
    boolean kept = false;
    try {
      boolean clear = batch.way(ways) == RemoteRoot.Way.CLEAR;
      Optional<RemoteStat> there = Batch.stat(batch.await(look));
      if (!clear || there.filter(s -> !s.isFile()).isPresent()) {
        throw missing();
      }
      kept = true;
      return opened;
    } finally {
      if (!kept) {
        opened.close();
      }
    }
  }

  /**
   * Reads one version of an open file, which it closes; also where it fails. The bundle goes out
   * with the first reads.
   */
  private SshfsReader reader(
      Mounted disk,
      StoragePath path,
      ReadRequest request,
      Opened opened,
      RemoteStat pinned,
      Bundle first)
      throws StorageException {
    boolean made = false;
    try {
      Call call = request.call();
      FileMetadata metadata = disk.saves().described(path, pinned, call);
      if (request.ifMatch().isPresent()
          && !metadata.versionTag().matches(request.ifMatch().get())) {
        throw StorageException.of(
            ErrorKind.PRECONDITION_FAILED, "The file is not the version that the call named.");
      }
      ByteRange range = request.range().within(pinned.size());
      boolean sequential = request.access() != ReadRequest.Access.RANDOM;
      SshfsReader.Source source =
          new SshfsReader.Source(
              opened.batch().channel(), opened.handle(), pinned, metadata, sequential, readAhead);
      SshfsReader reader = new SshfsReader(source, range, sessions.waiting(call), first);
      made = true;
      return reader;
    } finally {
      if (!made) {
        opened.close();
      }
    }
  }

  @Override
  public StorageWriter openWrite(StoragePath path, WriteRequest request) throws StorageException {
    return mounted(request.call()).saves().openWrite(path, request);
  }

  @Override
  public StorageWriter resumeWrite(UploadId id, Call call) throws StorageException {
    return mounted(call).saves().resumeWrite(id, call);
  }

  @Override
  public int putLimit() {
    return options.chunkSize();
  }

  @Override
  public FileMetadata put(
      StoragePath path, Chunk content, CommitRequest commit, WriteRequest request)
      throws StorageException {
    Mounted disk;
    boolean taken = false;
    try {
      disk = mounted(request.call());
      taken = true;
    } finally {
      if (!taken) {
        content.release();
      }
    }
    return disk.saves().put(path, content, commit, request);
  }

  @Override
  public EntryCursor list(StoragePath prefix, ListRequest request) throws StorageException {
    Mounted disk = mounted(request.call());
    disk.store().batch(request.call());
    SshfsDirectory directory =
        new SshfsDirectory(disk.store(), disk.links(), stat -> entry(disk, stat), prefix.value());
    return new TreeCursor(Optional.of(directory), prefix, request);
  }

  private static TreeEntry entry(Mounted disk, RemoteStat stat) {
    FileMetadata file = disk.saves().listed(ANY, stat);
    return TreeEntry.file(file.size(), file.modified(), file.versionTag());
  }

  @Override
  public boolean delete(StoragePath path, DeleteRequest request) throws StorageException {
    return mounted(request.call()).saves().delete(path, request);
  }

  @Override
  public DeleteReport deletePrefix(StoragePath prefix, boolean dryRun, Call call)
      throws StorageException {
    Mounted disk = mounted(call);
    boolean sidecars =
        disk.saves().areSidecarsKnown()
            || disk.store().look(disk.saves().sidecarDirectory(), call).isPresent();
    disk.saves().sidecarsObserved(sidecars);
    return new PrefixDelete(
            disk.store(),
            disk.saves(),
            options.keepDirectories(),
            dryRun,
            sidecars,
            context.workers(),
            call)
        .run(prefix);
  }

  @Override
  public FileMetadata copy(StoragePath source, StoragePath target, WriteRequest request)
      throws StorageException {
    Mounted disk = mounted(request.call());
    if (source.equals(target)) {
      return stat(source, request.call());
    }
    Optional<FileMetadata> copied =
        disk.extensions().has(SftpExtensions.COPY_DATA)
            ? disk.saves().copy(source, target, request)
            : Optional.empty();
    return copied.isPresent() ? copied.get() : StorageDriver.super.copy(source, target, request);
  }

  @Override
  public FileMetadata move(StoragePath source, StoragePath target, WriteRequest request)
      throws StorageException {
    Mounted disk = mounted(request.call());
    if (source.equals(target)) {
      return stat(source, request.call());
    }
    Optional<FileMetadata> moved = disk.saves().move(source, target, request);
    return moved.isPresent() ? moved.get() : StorageDriver.super.move(source, target, request);
  }

  @Override
  public List<PendingUpload> uploads(Duration idleFor, Call call) throws StorageException {
    return mounted(call).saves().uploads(idleFor, call);
  }

  @Override
  public void abortWrite(UploadId id, Call call) throws StorageException {
    mounted(call).saves().abortWrite(id, call);
  }

  @Override
  public Instant storeTime(Call call) throws StorageException {
    return mounted(call).saves().storeTime(call);
  }

  @Override
  public Health health(Call call) {
    long start = System.nanoTime();
    try {
      Mounted disk = mounted(call);
      Batch batch = disk.store().batch(call);
      Map<String, String> details = new HashMap<>();
      if (batch.channel().extensions().has(SftpExtensions.STATVFS)) {
        details.put("free_bytes", Long.toString(batch.freeSpace().freeBytes()));
      }
      batch
          .await(batch.send(SftpRequest.of(Sftp.STAT, disk.store().root().absolute(""))))
          .orThrow();
      Duration took = Duration.ofNanos(System.nanoTime() - start);
      int channels = 0;
      for (SshConnection connection : sessions.connections()) {
        details.put("server", connection.serverVersion());
        channels += connection.channels().size();
      }
      details.put("channels", Integer.toString(channels));
      return Health.ok(took, details);
    } catch (StorageException e) {
      return Health.failed(Duration.ofNanos(System.nanoTime() - start), e);
    }
  }

  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      mounting.known().ifPresent(disk -> disk.saves().close(CallContext.none(), GOODBYE));
      sessions.close();
    }
  }
}
