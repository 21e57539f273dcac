package io.diskmap.http.server;

import io.diskmap.CallContext;
import io.diskmap.ServerSection;
import io.diskmap.StorageManager;
import io.diskmap.WorkerFilesSection;
import io.diskmap.http.internal.tls.TlsContexts;
import io.diskmap.http.protocol.Endpoint;
import io.diskmap.http.server.exchange.HttpExchange;
import io.diskmap.http.server.exchange.HttpHandler;
import io.diskmap.http.server.internal.EngineLimits;
import io.diskmap.http.server.internal.servlet.StorageServlet;
import io.diskmap.http.server.internal.undertow.UndertowEngine;
import jakarta.servlet.http.HttpServlet;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.GeneralSecurityException;
import java.time.Clock;
import java.time.Duration;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * The services server: the internal storage API over a manager's disks, either mounted in a host
 * application with {@link #servlet} or alone with {@link #start}.
 *
 * <p>Thread-safe. Nothing of a transfer is kept in the process between two calls, so several
 * servers behind a balancer serve one upload, and one that is killed is replaced without loss. The
 * manager stays the caller's to close, after {@link #stop}.
 */
public final class StorageServer implements AutoCloseable {
  private static final long MAX_FILE_BYTES = 5L << 40;
  private static final Duration SILENCE = Duration.ofSeconds(5);

  private final ServerSection section;
  private final KeyRing keys;
  private final Router router;
  private final Router pages;
  private final AuditPages hostPages;
  private final EngineLimits limits = EngineLimits.defaults();
  private final AtomicReference<@Nullable UndertowEngine> engine = new AtomicReference<>();
  private final ExecutorService workers;
  private final KeptFiles kept = new KeptFiles();
  private volatile boolean stopping;

  private StorageServer(Builder built) {
    Disks disks = new ManagedDisks(built.storages);
    this.section =
        built.section.orElseThrow(
            () ->
                new IllegalStateException(
                    "The disk map has no section server; add one with listen and keys."));
    this.keys = new KeyRing(section.keys());
    this.workers =
        Executors.newCachedThreadPool(
            task -> {
              Thread thread = new Thread(task, "diskmap-server-work");
              thread.setDaemon(true);
              return thread;
            });
    LongReply longReply = new LongReply(workers, SILENCE);
    FileActions fileActions = new FileActions(longReply);
    HealthAction health = new HealthAction(disks, () -> stopping, MAX_FILE_BYTES);
    Map<Endpoint, ApiAction> actions = new EnumMap<>(Endpoint.class);
    RecentSaves recent = new RecentSaves();
    actions.put(Endpoint.UPLOAD, new UploadAction(MAX_FILE_BYTES, recent));
    actions.put(
        Endpoint.UPLOAD_CHUNKED, new ChunkedUploadAction(MAX_FILE_BYTES, longReply, recent));
    actions.put(Endpoint.DOWNLOAD, new DownloadAction(kept));
    actions.put(Endpoint.DELETE, fileActions::delete);
    actions.put(Endpoint.DELETE_PREFIX, fileActions::deletePrefix);
    actions.put(Endpoint.LIST, new ListAction());
    actions.put(Endpoint.EXISTS, fileActions::exists);
    actions.put(Endpoint.METADATA, fileActions::metadata);
    actions.put(Endpoint.CLEANUP, fileActions::cleanup);
    actions.put(Endpoint.HEALTH, health);
    RefusalRecords refusals = new RefusalRecords(disks);
    Admission admission = new Admission(keys);
    GuardedHandler api = new GuardedHandler(refusals, new Gate(disks, admission, actions, health));
    Map<String, HttpHandler> mounts = new LinkedHashMap<>();
    built.mounts.forEach(
        (base, handler) ->
            mounts.put(
                base, new GuardedHandler(refusals, (to, who) -> identified(to, who, handler))));
    built.workerFiles.ifPresent(
        files ->
            mounts.put(
                WorkerCalls.BASE,
                new GuardedHandler(
                    refusals, new WorkerCalls(disks, admission, files, MAX_FILE_BYTES))));
    this.router = new Router(api, mounts);
    this.hostPages = new AuditPages(disks::auditTrail, AuditDoor.ofHost(), Clock.systemUTC());
    AuditDoor door =
        section.auditKey().map(key -> AuditDoor.ofKey(key, disks)).orElseGet(AuditDoor::closed);
    AuditPages audit = new AuditPages(disks::auditTrail, door, Clock.systemUTC());
    this.pages = new Router(router, Map.of(AuditPages.BASE, audit));
  }

  private static void identified(HttpExchange exchange, CallContext caller, HttpHandler handler)
      throws IOException {
    handler.handle(new IdentifiedExchange(exchange, caller.requestId().orElseThrow()));
  }

  /**
   * A server as the section {@code server} of the manager's disk map describes it.
   *
   * @throws IllegalStateException where the map has no such section, or no key has a value
   */
  public static StorageServer of(StorageManager storages) {
    return builder(storages).build();
  }

  /**
   * A server as this section describes it.
   *
   * @throws IllegalStateException where no key has a value
   */
  public static StorageServer of(StorageManager storages, ServerSection section) {
    return builder(storages).section(section).build();
  }

  /** A builder for a server that answers more than the storage API. */
  public static Builder builder(StorageManager storages) {
    return new Builder(storages);
  }

  /**
   * The server as a servlet, for a host application to map to {@code /internal/storage/*} and to
   * what else it answers.
   */
  public HttpServlet servlet() {
    return StorageServlet.of(router, limits);
  }

  /**
   * The page of the audit trail as a servlet, for a host application to map to {@code
   * /internal/audit/*} behind its own log-in: it asks for no key itself.
   */
  public HttpServlet auditServlet() {
    return StorageServlet.of(hostPages, limits);
  }

  /**
   * Listens where the section says, with TLS where it names a certificate.
   *
   * @throws IllegalStateException where it runs already, or the key of the examples would be
   *     offered to other machines
   * @throws IOException where the address is taken, or certificate and key cannot be used
   */
  public void start() throws IOException {
    InetSocketAddress listen = resolved(section.listen());
    if (!listen.getAddress().isLoopbackAddress()) {
      keys.requireFitForOtherMachines();
    }
    UndertowEngine started = new UndertowEngine(listen, tls(), pages, limits);
    if (!engine.compareAndSet(null, started)) {
      started.close();
      throw new IllegalStateException("The services server runs already.");
    }
  }

  /** The address at which a started server listens. */
  public InetSocketAddress address() {
    UndertowEngine running = engine.get();
    if (running == null) {
      throw new IllegalStateException("The services server is not started.");
    }
    return running.address();
  }

  /** Takes no new requests, lets those under way finish within the grace, and ends. */
  public void stop(Duration grace) {
    stopping = true;
    long deadline = System.nanoTime() + grace.toNanos();
    UndertowEngine running = engine.get();
    if (running != null) {
      running.stop(grace);
    }
    kept.close();
    workers.shutdown();
    try {
      workers.awaitTermination(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    workers.shutdownNow();
  }

  @Override
  public void close() {
    stop(Duration.ZERO);
  }

  private @Nullable SSLContext tls() throws IOException {
    if (section.tls().isEmpty()) {
      return null;
    }
    try {
      return TlsContexts.server(section.tls().get().cert(), section.tls().get().key());
    } catch (GeneralSecurityException e) {
      throw new IOException("The server's certificate cannot be used: " + e.getMessage(), e);
    }
  }

  private static InetSocketAddress resolved(InetSocketAddress listen) throws IOException {
    InetSocketAddress address = new InetSocketAddress(listen.getHostString(), listen.getPort());
    if (address.isUnresolved()) {
      throw new IOException("The host to listen at, " + listen.getHostString() + ", is unknown.");
    }
    return address;
  }

  /** What a server answers. Not for use by several threads. */
  public static final class Builder {
    private final StorageManager storages;
    private final Map<String, HttpHandler> mounts = new LinkedHashMap<>();
    private Optional<WorkerFilesSection> workerFiles;
    private Optional<ServerSection> section;

    private Builder(StorageManager storages) {
      this.storages = storages;
      this.workerFiles = storages.diskMap().workerFiles();
      this.section = storages.diskMap().server();
    }

    /** Listens and lets in as this section says, in place of the map's. */
    public Builder section(ServerSection value) {
      this.section = Optional.of(value);
      return this;
    }

    /** Serves remote workers as this section says, in place of the map's. */
    public Builder workerFiles(WorkerFilesSection value) {
      this.workerFiles = Optional.of(value);
      return this;
    }

    /**
     * Hands every request whose path is the base, or below it, to the handler, which lets callers
     * in by its own means. What it throws becomes a problem document.
     *
     * @param base as {@code /api/files}
     */
    public Builder mount(String base, HttpHandler handler) {
      if (!base.matches("(/[A-Za-z0-9._-]+)+") || mounts.putIfAbsent(base, handler) != null) {
        throw new IllegalArgumentException("a base is a path as /api/files, mounted once");
      }
      return this;
    }

    /**
     * The server.
     *
     * @throws IllegalStateException where there is no section, or no key has a value
     */
    public StorageServer build() {
      return new StorageServer(this);
    }
  }
}
