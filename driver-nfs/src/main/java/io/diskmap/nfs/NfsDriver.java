package io.diskmap.nfs;

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
import io.diskmap.nfs.v4.Attributes;
import io.diskmap.nfs.v4.FileHandle;
import io.diskmap.nfs.v4.NfsClient;
import io.diskmap.nfs.v4.Request;
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
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A disk on an NFSv4 export.
 *
 * <p>Thread-safe. Saves and deletes are those of {@link StagedSaves} over {@link NfsStore}; reads
 * and listings are here. One session serves all calls.
 */
final class NfsDriver implements StorageDriver {
  /** A change shows another time once the server's clock has ticked, at most 10 ms apart. */
  private static final Duration TICK = Duration.ofMillis(20);

  /** Of a server that could not be asked. */
  private static final Duration COARSE = Duration.ofSeconds(2);

  /** The part of the memory of all transfers that may wait for the server's disk. */
  private static final double KEPT = 0.4;

  private static final Duration CLOCK_WAIT = Duration.ofMillis(500);
  private static final Duration CLOCK_PAUSE = Duration.ofSeconds(10);
  private static final Duration GOODBYE = Duration.ofSeconds(2);
  private static final StoragePath ANY = anyPath();

  private final DriverContext context;
  private final NfsOptions options;
  private final NfsSessions sessions;
  private final NfsStore store;
  private final NfsLinks links;
  private final StagedSaves saves;
  private final Opening opening;
  private final AtomicLong clockDue = new AtomicLong(System.nanoTime());
  private volatile boolean isClockKnown;
  private volatile boolean closed;

  private NfsDriver(DriverContext context, NfsOptions options, NfsSessions sessions) {
    this.context = context;
    this.options = options;
    this.sessions = sessions;
    this.store = new NfsStore(sessions, options, (long) (context.chunks().bound() * KEPT));
    this.links = new NfsLinks(store);
    Duration delta = sessions.known().map(NfsSessions.Root::granularity).orElse(COARSE);
    StagedOptions staged =
        new StagedOptions(
            ".diskmap",
            options.wsize(),
            options.inFlight(),
            options.file().mode(),
            delta.compareTo(TICK) > 0 ? delta : TICK,
            true,
            true,
            false,
            true,
            options.keepDirectories(),
            context.readOnly());
    this.saves = new StagedSaves(context, staged, store, store);
    this.opening = new Opening(context, options, sessions, links, this::describe);
  }

  private static StoragePath anyPath() {
    try {
      return StoragePath.of("any");
    } catch (StorageException e) {
      throw new IllegalStateException(e);
    }
  }

  static NfsDriver open(DriverContext context, NfsOptions options) throws StorageException {
    NfsSessions sessions = new NfsSessions(context, options);
    boolean opened = false;
    try {
      Call call = Call.within(CallContext.none(), context.timeout());
      sessions.requireRoot(call);
      NfsDriver driver = new NfsDriver(context, options, sessions);
      opened = true;
      return driver;
    } finally {
      if (!opened) {
        sessions.close();
      }
    }
  }

  @Override
  public Capabilities capabilities() throws StorageException {
    Call call = Call.unbounded(CallContext.none());
    return new Capabilities(
        Atomicity.ATOMIC,
        Atomicity.NONE,
        Durability.NAME,
        true,
        sessions.serverCopy(call) != ServerCopy.NONE,
        true,
        true,
        Math.min(StoragePath.MAX_SEGMENT_BYTES, sessions.root(call).maxName()),
        StoragePath.MAX_PATH_BYTES,
        Long.MAX_VALUE);
  }

  @Override
  public String endpoint() {
    StringBuilder text = new StringBuilder("nfs://").append(options.config().host());
    text.append(':').append(options.config().port());
    options.export().forEach(name -> text.append('/').append(name));
    options.root().forEach(name -> text.append('/').append(name));
    return text.toString();
  }

  @Override
  public FileMetadata stat(StoragePath path, Call call) throws StorageException {
    requireOpen(call);
    return describe(path, requireFile(path, call).attributes(), call);
  }

  private NfsLinks.Found requireFile(StoragePath path, Call call) throws StorageException {
    return links
        .find(path.value(), call)
        .orElseThrow(() -> StorageException.of(ErrorKind.NOT_FOUND, "There is no such file."));
  }

  /**
   * Learns the server's time with the first look, so that version tags are strong at once; where
   * nothing can be written, the wall clock stands in.
   */
  private void askClock(Call call) throws StorageException {
    long due = clockDue.get();
    long now = System.nanoTime();
    if (context.readOnly()
        || isClockKnown
        || now - due < 0
        || !clockDue.compareAndSet(due, now + CLOCK_PAUSE.toNanos())) {
      return;
    }
    Duration most = context.timeout().dividedBy(4);
    try {
      saves.storeTime(
          Call.within(call.context(), most.compareTo(CLOCK_WAIT) < 0 ? most : CLOCK_WAIT));
      isClockKnown = true;
    } catch (StorageException notWritable) {
      call.check();
    }
  }

  /** A file with what is kept beside it. */
  private FileMetadata describe(StoragePath path, Attributes attributes, Call call)
      throws StorageException {
    askClock(call);
    if (!saves.areSidecarsKnown()) {
      saves.sidecarsObserved(store.look(saves.sidecarDirectory(), call).isPresent());
    }
    return saves.described(path, NfsStats.of(attributes), call);
  }

  @Override
  public StorageReader openRead(StoragePath path, ReadRequest request) throws StorageException {
    requireOpen(request.call());
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
    Optional<RemoteStat> top = store.look(prefix.value(), request.call());
    Optional<FileHandle> handle =
        top.filter(RemoteStat::isDirectory).isPresent()
            ? store.handle(prefix.value(), request.call())
            : Optional.empty();
    Optional<NfsDirectory> directory =
        handle.map(found -> new NfsDirectory(sessions, links, this::entry, prefix.value(), found));
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
    return new NfsPrefixDelete(sessions, store, saves, options.keepDirectories(), dryRun, call)
        .run(prefix);
  }

  @Override
  public FileMetadata copy(StoragePath source, StoragePath target, WriteRequest request)
      throws StorageException {
    requireOpen(request.call());
    Optional<FileMetadata> copied =
        sessions.serverCopy(request.call()) == ServerCopy.NONE
            ? Optional.empty()
            : saves.copy(source, target, request);
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
      NfsClient client = sessions.client();
      FileHandle root = sessions.root(call).handle();
      long asked = System.nanoTime();
      Attributes server =
          sessions.call(
              Request.of(out -> out.putFh(root).getServerAttr(), in -> in.putFh().getAttr()), call);
      long end = System.nanoTime();
      return Health.ok(
          Duration.ofNanos(end - start),
          Map.of(
              "nfs", "4." + client.minorVersion(),
              "connect", millis(client.connecting()),
              "round_trip", millis(Duration.ofNanos(end - asked)),
              "session", client.sessionId(),
              "lease", server.leaseSeconds().orElse(0) + "s",
              "slots", Integer.toString(client.slots()),
              "connections", Integer.toString(client.openConnections()),
              "open_files", Integer.toString(client.openFiles())));
    } catch (IOException e) {
      return Health.failed(Duration.ofNanos(System.nanoTime() - start), NfsErrors.of(e));
    }
  }

  private static String millis(Duration time) {
    return String.format(Locale.ROOT, "%.2f ms", time.toNanos() / 1e6);
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
