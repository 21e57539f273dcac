package io.diskmap.smb;

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
import io.diskmap.smb.wire.Answers;
import io.diskmap.smb.wire.CipherWarmUp;
import io.diskmap.smb.wire.Close;
import io.diskmap.smb.wire.Create;
import io.diskmap.smb.wire.FileId;
import io.diskmap.smb.wire.QueryInfo;
import io.diskmap.smb.wire.SmbConnection;
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
import io.diskmap.spi.staged.StagedOptions;
import io.diskmap.spi.staged.StagedSaves;
import io.diskmap.spi.tree.TreeCursor;
import io.diskmap.spi.tree.TreeEntry;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A disk on an SMB share.
 *
 * <p>Thread-safe. Saves and deletes are those of {@link StagedSaves} over {@link SmbStore}; reads
 * and listings are here. A few connections serve all calls.
 */
final class SmbDriver implements StorageDriver {
  /** A change shows another time once the server's clock has ticked, at most 10 ms apart. */
  private static final Duration TICK = Duration.ofMillis(20);

  private static final Duration GOODBYE = Duration.ofSeconds(2);
  private static final StoragePath ANY = anyPath();

  private final DriverContext context;
  private final SmbOptions options;
  private final SmbSessions sessions;
  private final SmbStore store;
  private final SmbRoot root;
  private final StagedSaves saves;
  private final Opening opening;
  private volatile boolean isClockKnown;
  private volatile boolean closed;

  private SmbDriver(DriverContext context, SmbOptions options) {
    this.context = context;
    this.options = options;
    this.sessions = new SmbSessions(context, options);
    this.store = new SmbStore(sessions, options);
    this.root = new SmbRoot(sessions, options, context.readOnly());
    StagedOptions staged =
        new StagedOptions(
            ".diskmap",
            options.wsize(),
            options.inFlight(),
            -1,
            TICK,
            true,
            true,
            options.replaceInSteps(),
            false,
            options.keepDirectories(),
            context.readOnly());
    this.saves = new StagedSaves(context, staged, store, store);
    store.lasts(saves.sidecarDirectory());
    this.opening = new Opening(context, options, sessions, store, saves);
  }

  private static StoragePath anyPath() {
    try {
      return StoragePath.of("any");
    } catch (StorageException e) {
      throw new IllegalStateException(e);
    }
  }

  static SmbDriver open(DriverContext context, SmbOptions options) throws StorageException {
    SmbDriver driver = new SmbDriver(context, options);
    boolean opened = false;
    try {
      if (options.login().mayEncryptOrSignByGcm() && CipherWarmUp.isWanted()) {
        driver.sessions.later(CipherWarmUp::run);
      }
      driver.root.require(Call.within(CallContext.none(), context.timeout()));
      opened = true;
      return driver;
    } finally {
      if (!opened) {
        driver.sessions.close();
      }
    }
  }

  @Override
  public Capabilities capabilities() throws StorageException {
    return new Capabilities(
        Atomicity.ATOMIC,
        Atomicity.NONE,
        Durability.CONTENT,
        true,
        true,
        true,
        root.isCaseSensitive(Call.within(CallContext.none(), context.timeout())),
        StoragePath.MAX_SEGMENT_BYTES,
        StoragePath.MAX_PATH_BYTES,
        Long.MAX_VALUE);
  }

  @Override
  public String endpoint() {
    StringBuilder text = new StringBuilder("smb://").append(options.login().host());
    text.append(':').append(options.login().port()).append('/').append(options.login().share());
    options.root().forEach(name -> text.append('/').append(name));
    return text.toString();
  }

  @Override
  public FileMetadata stat(StoragePath path, Call call) throws StorageException {
    requireOpen(call);
    askClock(call);
    List<Optional<RemoteStat>> found =
        saves.areSidecarsKnown()
            ? List.of(store.look(path.value(), call))
            : store.lookAll(List.of(path.value(), saves.sidecarDirectory()), call);
    if (found.size() > 1) {
      saves.sidecarsObserved(found.get(1).isPresent());
    }
    RemoteStat file =
        found.get(0).filter(RemoteStat::isFile).orElseThrow(() -> SmbStore.missing(null));
    return saves.described(path, file, call);
  }

  /** Learns the server's time from a connection, so that version tags are strong at once. */
  private void askClock(Call call) throws StorageException {
    if (!isClockKnown) {
      sessions.connection(call).serverTime().ifPresent(saves::timeTold);
      isClockKnown = true;
    }
  }

  @Override
  public StorageReader openRead(StoragePath path, ReadRequest request) throws StorageException {
    requireOpen(request.call());
    askClock(request.call());
    return opening.open(path, request);
  }

  @Override
  public StorageWriter openWrite(StoragePath path, WriteRequest request) throws StorageException {
    requireOpen(request.call());
    return saves.openWrite(path, request);
  }

  @Override
  public StorageWriter resumeWrite(UploadId id, Call call) throws StorageException {
    requireOpen(call);
    return saves.resumeWrite(id, call);
  }

  @Override
  public int putLimit() {
    return options.wsize();
  }

  @Override
  public FileMetadata put(
      StoragePath path, Chunk content, CommitRequest commit, WriteRequest request)
      throws StorageException {
    try {
      requireOpen(request.call());
    } catch (StorageException e) {
      content.release();
      throw e;
    }
    return saves.put(path, content, commit, request);
  }

  @Override
  public EntryCursor list(StoragePath prefix, ListRequest request) throws StorageException {
    requireOpen(request.call());
    askClock(request.call());
    Optional<SmbDirectory> directory =
        store
            .look(prefix.value(), request.call())
            .filter(RemoteStat::isDirectory)
            .map(
                found ->
                    new SmbDirectory(
                        sessions, store, this::entry, prefix.value(), LinkGuard.UNKNOWN));
    return new TreeCursor(directory, prefix, request);
  }

  private TreeEntry entry(RemoteStat stat) {
    FileMetadata file = saves.listed(ANY, stat);
    return TreeEntry.file(file.size(), file.modified(), file.versionTag());
  }

  @Override
  public boolean delete(StoragePath path, DeleteRequest request) throws StorageException {
    requireOpen(request.call());
    return saves.delete(path, request);
  }

  @Override
  public DeleteReport deletePrefix(StoragePath prefix, boolean dryRun, Call call)
      throws StorageException {
    requireOpen(call);
    return new SmbPrefixDelete(sessions, store, saves, options.keepDirectories(), dryRun, call)
        .run(prefix);
  }

  @Override
  public FileMetadata copy(StoragePath source, StoragePath target, WriteRequest request)
      throws StorageException {
    requireOpen(request.call());
    if (source.equals(target)) {
      return stat(source, request.call());
    }
    Optional<FileMetadata> copied = saves.copy(source, target, request);
    return copied.isPresent() ? copied.get() : StorageDriver.super.copy(source, target, request);
  }

  @Override
  public FileMetadata move(StoragePath source, StoragePath target, WriteRequest request)
      throws StorageException {
    requireOpen(request.call());
    Optional<FileMetadata> moved = saves.move(source, target, request);
    return moved.isPresent() ? moved.get() : StorageDriver.super.move(source, target, request);
  }

  @Override
  public List<PendingUpload> uploads(Duration idleFor, Call call) throws StorageException {
    requireOpen(call);
    return saves.uploads(idleFor, call);
  }

  @Override
  public void abortWrite(UploadId id, Call call) throws StorageException {
    requireOpen(call);
    saves.abortWrite(id, call);
  }

  @Override
  public Instant storeTime(Call call) throws StorageException {
    requireOpen(call);
    return saves.storeTime(call);
  }

  @Override
  public Health health(Call call) {
    long start = System.nanoTime();
    try {
      requireOpen(call);
      SmbConnection connection = sessions.connection(call);
      Create open = Create.openDirectory(store.remote(""), Create.READ_ATTRIBUTES);
      QueryInfo<Long> free = QueryInfo.freeBytes(FileId.RELATED);
      Answers answers =
          connection.call(sessions.patience(call), open, free, new Close(FileId.RELATED));
      answers.of(open);
      Duration took = Duration.ofNanos(System.nanoTime() - start);
      Map<String, String> details = new LinkedHashMap<>();
      details.put("dialect", connection.dialect());
      details.put("protection", connection.protection());
      details.put("connections", Integer.toString(sessions.connections().size()));
      details.put("credits", Integer.toString(connection.credits()));
      details.put("free_bytes", Long.toString(answers.of(free)));
      return Health.ok(took, details);
    } catch (IOException e) {
      return Health.failed(Duration.ofNanos(System.nanoTime() - start), SmbErrors.of(e));
    }
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      saves.close(CallContext.none(), GOODBYE);
      sessions.close();
    }
  }

  private void requireOpen(Call call) throws StorageException {
    if (closed) {
      throw StorageException.of(ErrorKind.CLOSED, "The disk is closed.");
    }
    call.check();
  }
}
