package io.diskmap;

import io.diskmap.internal.pipeline.ActiveCalls;
import io.diskmap.spi.ChunkPool;
import io.diskmap.spi.OptionTable;
import io.diskmap.spi.StorageDriverFactory;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The disks of a process: one manager, made at the start, shared by all threads, closed at the end.
 *
 * <p>Thread-safe. The whole disk map is checked when the manager is made; a disk is opened when it
 * is first asked for, so that a store that is down stops only those who need it.
 */
public final class StorageManager implements AutoCloseable {
  private static final long MOST_DEFAULT_MEMORY = 64L * 1024 * 1024;

  private static final Duration WORKER_IDLE = Duration.ofSeconds(10);

  private final DiskMap map;
  private final String workspace;
  private final ManagerParts parts;
  private final OpenDisks disks;
  private final AuditPlace.Opened audit;

  private StorageManager(Builder builder, ServerRole role, DiskMap map, String workspace) {
    this.map = map;
    this.workspace = workspace;
    Map<String, StorageDriverFactory> factories = factories();
    List<DiskSpec> specs = map.resolve(factories.keySet(), name -> table(factories, name));
    this.audit =
        AuditPlace.of(map, role, specs, workspace, builder.opensStore)
            .open(builder.audit, role, builder.clock);
    this.parts =
        new ManagerParts(
            role,
            builder.clock,
            new ChunkPool(builder.transferMemory),
            new ActiveCalls(),
            newWorkers(),
            audit.sink(),
            audit.requireUser(),
            builder.listener,
            map.cleanup().map(CleanupSection::rules).orElse(Map.of()));
    this.disks = new OpenDisks(specs, factories, parts);
  }

  /**
   * The manager that the environment of this process describes; see {@link
   * #fromEnvironment(Function)}.
   */
  public static StorageManager fromEnvironment() {
    return fromEnvironment(System::getenv);
  }

  /**
   * The manager that these variables describe: {@code SERVER_ROLE}, {@code STORAGE_CONFIG} and the
   * others of the operations guide.
   *
   * @throws DiskMapException listing every mistake in the variables and the disk map
   */
  public static StorageManager fromEnvironment(Function<String, @Nullable String> environment) {
    return builder().environment(environment).build();
  }

  /**
   * A manager in role worker over this disk map.
   *
   * @throws DiskMapException listing every mistake in the disk map
   */
  public static StorageManager open(DiskMap map) {
    return builder().diskMap(map).role(ServerRole.WORKER).build();
  }

  /**
   * How much memory all transfers of a manager share, unless the builder says otherwise: 64 MiB,
   * and at most five eighths of the largest heap, which is also what Java allows outside the heap.
   *
   * @return bytes
   */
  public static long defaultTransferMemory() {
    return Math.min(MOST_DEFAULT_MEMORY, Runtime.getRuntime().maxMemory() / 8 * 5);
  }

  /** A manager in role testing whose disks are in memory. */
  public static StorageManager inMemory(String... disks) {
    DiskMap.Builder map = DiskMap.builder();
    for (String disk : disks) {
      map.disk(disk, "memory", Map.of());
    }
    Builder builder = builder().diskMap(map.build()).role(ServerRole.TESTING);
    return (disks.length == 0 ? builder : builder.workspace(disks[0])).build();
  }

  /** A builder for a manager of the caller's own making. */
  public static Builder builder() {
    return new Builder();
  }

  /** The role of this process. */
  public ServerRole role() {
    return parts.role();
  }

  /** The disk map that holds in this role; its text form shows no secret. */
  public DiskMap diskMap() {
    return map;
  }

  /** The names of the disks, in the map's order. */
  public List<String> disks() {
    return disks.names();
  }

  /**
   * The disk of this name, the same instance each time.
   *
   * @throws StorageException NOT_FOUND where the map has none; what opening it says otherwise
   */
  public Storage disk(String name) throws StorageException {
    return disks.get(name);
  }

  /** The name of the workspace disk. */
  public String workspaceName() {
    return workspace;
  }

  /** The workspace disk, the same instance each time. */
  public Storage workspace() throws StorageException {
    return disk(workspace);
  }

  /**
   * Where the manager's records go, for a server that refuses requests before they reach a disk.
   */
  public AuditSink audit() {
    return parts.audit();
  }

  /** What the audit store of this process has kept, where it keeps one. */
  public Optional<AuditTrail> auditTrail() {
    return audit.trail();
  }

  /**
   * Where audit records are kept: a directory or a JDBC URL, from the disk map, the environment, or
   * beside a local workspace in role services.
   */
  public Optional<Secret> auditStore() {
    return audit.store();
  }

  /** The health of every disk, asked in parallel, each within this time. */
  public Map<String, Health> health(Duration atMost) {
    Map<String, Future<Health>> asked = new LinkedHashMap<>();
    for (String name : disks()) {
      asked.put(name, parts.workers().submit(() -> healthOf(name)));
    }
    long deadline = System.nanoTime() + atMost.toNanos();
    Map<String, Health> answers = new LinkedHashMap<>();
    asked.forEach((name, answer) -> answers.put(name, await(answer, deadline, atMost)));
    return answers;
  }

  private Health healthOf(String name) {
    long start = System.nanoTime();
    try {
      return disk(name).health();
    } catch (StorageException e) {
      return Health.failed(Duration.ofNanos(System.nanoTime() - start), e);
    }
  }

  private static Health await(Future<Health> answer, long deadline, Duration atMost) {
    try {
      return answer.get(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      answer.cancel(true);
      return Health.failed(
          atMost, StorageException.of(ErrorKind.TIMEOUT, "The disk did not answer in time.", e));
    } catch (ExecutionException e) {
      return Health.failed(
          atMost,
          StorageException.of(ErrorKind.UNKNOWN, "The disk cannot be asked.", e.getCause()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      answer.cancel(true);
      return Health.failed(
          atMost, StorageException.of(ErrorKind.CANCELLED, "The caller was interrupted.", e));
    }
  }

  /** How many bytes of transfer memory are out: zero when nothing is under way. */
  public long bufferedBytes() {
    return parts.chunks().usedBytes();
  }

  /** How many calls are under way, open downloads and listings included. */
  public int activeCalls() {
    return parts.calls().size();
  }

  /** Lets the calls under way finish within this time, then as {@link #close()}. */
  public void close(Duration grace) {
    parts.calls().shutDown(grace);
    disks.close();
    parts.workers().shutdownNow();
    parts.audit().close();
  }

  /** Ends every call with CLOSED, closes all sessions; safe to repeat. */
  @Override
  public void close() {
    close(Duration.ZERO);
  }

  private static Map<String, StorageDriverFactory> factories() {
    Map<String, StorageDriverFactory> found = new TreeMap<>();
    ClassLoader own = StorageManager.class.getClassLoader();
    for (StorageDriverFactory factory : ServiceLoader.load(StorageDriverFactory.class, own)) {
      found.put(factory.name(), factory);
    }
    ClassLoader context = Thread.currentThread().getContextClassLoader();
    if (context != null && context != own) {
      for (StorageDriverFactory factory : ServiceLoader.load(StorageDriverFactory.class, context)) {
        found.putIfAbsent(factory.name(), factory);
      }
    }
    return found;
  }

  private static @Nullable OptionTable table(
      Map<String, StorageDriverFactory> factories, String name) {
    StorageDriverFactory factory = factories.get(name);
    return factory == null ? null : factory.options();
  }

  private static ExecutorService newWorkers() {
    AtomicInteger number = new AtomicInteger();
    return new ThreadPoolExecutor(
        0,
        Integer.MAX_VALUE,
        WORKER_IDLE.toMillis(),
        TimeUnit.MILLISECONDS,
        new SynchronousQueue<>(),
        task -> {
          Thread thread = new Thread(task, "diskmap-worker-" + number.incrementAndGet());
          thread.setDaemon(true);
          return thread;
        });
  }

  /** What a manager is made of. Not for use by several threads. */
  public static final class Builder {
    private @Nullable ServerRole role;
    private @Nullable DiskMap map;
    private String workspace = "workspace";
    private Function<String, @Nullable String> environment = System::getenv;
    private AuditSink audit = AuditSink.none();
    private boolean opensStore = true;
    private StorageListener listener = new StorageListener() {};
    private Clock clock = Clock.systemUTC();
    private long transferMemory = defaultTransferMemory();
    private final List<Resolver> resolvers = new ArrayList<>();

    private record Resolver(String scheme, Function<String, @Nullable String> values) {}

    private Builder() {}

    /** The disk map; without one the environment gives it. */
    public Builder diskMap(DiskMap value) {
      this.map = value;
      return this;
    }

    /** The role; without one, and without a disk map, the environment gives it. */
    public Builder role(ServerRole value) {
      this.role = value;
      return this;
    }

    /** The name of the workspace disk, for a manager with a disk map of its own. */
    public Builder workspace(String disk) {
      this.workspace = disk;
      return this;
    }

    /** Where variables come from. */
    public Builder environment(Function<String, @Nullable String> value) {
      this.environment = value;
      return this;
    }

    /** Answers {@code ${scheme:name}} in the disk map. */
    public Builder secretResolver(String scheme, Function<String, @Nullable String> values) {
      resolvers.add(new Resolver(scheme, values));
      return this;
    }

    /**
     * Where audit records go beside the audit store of the disk map or the environment. The manager
     * closes it.
     */
    public Builder audit(AuditSink value) {
      this.audit = value;
      return this;
    }

    /** Leaves the audit store closed: for a process that looks after it and moves no file. */
    public Builder withoutAuditStore() {
      this.opensStore = false;
      return this;
    }

    /** Who hears of operations. */
    public Builder listener(StorageListener value) {
      this.listener = value;
      return this;
    }

    /** The clock for records. */
    public Builder clock(Clock value) {
      this.clock = value;
      return this;
    }

    /**
     * How much memory all transfers share, in bytes; a transfer always gets one chunk. Without it
     * {@link StorageManager#defaultTransferMemory}.
     */
    public Builder transferMemory(long bytes) {
      if (bytes < 1) {
        throw new IllegalArgumentException("the transfer memory is positive");
      }
      this.transferMemory = bytes;
      return this;
    }

    /**
     * The manager.
     *
     * @throws DiskMapException listing every mistake in the variables and the disk map
     */
    public StorageManager build() {
      DiskMap own = map;
      if (own != null) {
        ServerRole wanted = role == null ? ServerRole.WORKER : role;
        if (wanted != ServerRole.WEB) {
          return new StorageManager(this, wanted, resolved(own), workspace);
        }
        return managerFor(RoleEnvironment.of(environment, wanted, resolved(own)));
      }
      return managerFor(
          role == null ? RoleEnvironment.of(environment) : RoleEnvironment.of(environment, role));
    }

    private StorageManager managerFor(RoleEnvironment found) {
      return new StorageManager(
          this, found.role(), resolved(found.diskMap()), found.workspaceDisk());
    }

    private DiskMap resolved(DiskMap given) {
      DiskMap result = given;
      for (Resolver resolver : resolvers) {
        result = result.withResolver(resolver.scheme(), resolver.values());
      }
      return result;
    }
  }
}
