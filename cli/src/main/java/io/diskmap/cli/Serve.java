package io.diskmap.cli;

import io.diskmap.AuditSink;
import io.diskmap.CleanupRun;
import io.diskmap.CleanupSchedule;
import io.diskmap.DiskMapException;
import io.diskmap.ErrorKind;
import io.diskmap.Health;
import io.diskmap.ServerRole;
import io.diskmap.ServerSection;
import io.diskmap.Slf4jAuditSink;
import io.diskmap.StorageManager;
import io.diskmap.http.server.StorageServer;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * {@code diskmap serve}: the services server over the disks of this process, until a signal ends
 * it.
 *
 * <p>It is role services, also with {@code --config}; clean-up runs by the rules of the map.
 */
@Command(
    description = {
      "Serves the disks to processes in role web, until SIGTERM or Ctrl-C.",
      "Calls under way get the grace to finish."
    })
final class Serve implements Callable<Integer> {
  private static final Pattern ADDRESS = Pattern.compile("(.+):([0-9]{1,5})");
  private static final Duration CHECK_TIME = Duration.ofSeconds(10);

  /** Where audit records go. */
  enum Audit {
    /** The audit store alone; the logger where there is none. */
    STORE,
    /** The logger {@code io.diskmap.audit}. */
    LOG,
    /** Lines of JSON on standard output. */
    STDOUT,
    /** Nowhere but in a store that the configuration names. */
    OFF
  }

  private final Diskmap diskmap;

  @Option(
      names = "--listen",
      paramLabel = "HOST:PORT",
      description = "Where to listen, instead of server.listen; port 0 takes a free one.")
  private @Nullable String listen;

  @Option(
      names = "--audit",
      paramLabel = "WHERE",
      defaultValue = "store",
      description = {
        "Where audit records go beside the audit store:",
        "log (the logger io.diskmap.audit), stdout or off.",
        "Default: the store, or log where there is none."
      })
  private Audit audit = Audit.STORE;

  @Option(
      names = "--grace",
      paramLabel = "TIME",
      converter = Age.class,
      defaultValue = "30s",
      description = "How long calls may go on after the signal (default 30s).")
  private Duration grace = Duration.ofSeconds(30);

  Serve(Diskmap diskmap) {
    this.diskmap = diskmap;
  }

  @Override
  public Integer call() {
    logThroughSlf4j();
    CountDownLatch signal = new CountDownLatch(1);
    diskmap.interrupts().endOrderlyWithin(grace.plusSeconds(10));
    try (StorageManager storages = manager()) {
      checkDisks(storages);
      ServedTasks tasks = ServedTasks.open(storages);
      StorageServer server = server(storages, tasks);
      try (tasks;
          CleanupSchedule cleanup = CleanupSchedule.start(storages, this::tell);
          var onSignal = diskmap.interrupts().cancellation().onCancel(signal::countDown)) {
        announce(storages, server);
        await(signal);
        diskmap.terminal().out().println("stopping: calls under way have " + Text.time(grace));
        diskmap.terminal().out().flush();
      } finally {
        server.stop(grace);
      }
    }
    diskmap.terminal().out().println("stopped");
    return Exit.OK;
  }

  /**
   * The server engine logs through a facade of its own, which is told where to go before it starts.
   */
  private static void logThroughSlf4j() {
    if (System.getProperty("org.jboss.logging.provider") == null) {
      System.setProperty("org.jboss.logging.provider", "slf4j");
    }
  }

  private StorageManager manager() {
    Function<String, @Nullable String> environment = environment();
    AuditSink sink =
        switch (audit) {
          case STORE -> hasStore(environment) ? AuditSink.none() : new Slf4jAuditSink();
          case LOG -> new Slf4jAuditSink();
          case STDOUT -> new LineAuditSink(diskmap.terminal().out());
          case OFF -> AuditSink.none();
        };
    StorageManager storages = builder(environment).audit(sink).build();
    if (storages.role() == ServerRole.WEB || storages.role() == ServerRole.WORKER) {
      storages.close();
      throw new UsageException(
          "Role %s serves nothing; set SERVER_ROLE=services."
              .formatted(storages.role().name().toLowerCase(Locale.ROOT)));
    }
    return storages;
  }

  private StorageManager.Builder builder(Function<String, @Nullable String> environment) {
    StorageManager.Builder builder = StorageManager.builder().environment(environment);
    if (diskmap.config().isPresent() && environment.apply("SERVER_ROLE") == null) {
      builder.role(ServerRole.SERVICES);
    }
    return builder;
  }

  private boolean hasStore(Function<String, @Nullable String> environment) {
    try (StorageManager look = builder(environment).withoutAuditStore().build()) {
      return look.auditStore().isPresent();
    }
  }

  /** The variables, with the file of {@code --config} as the disk map. */
  private Function<String, @Nullable String> environment() {
    Function<String, @Nullable String> given = diskmap.terminal().environment();
    if (diskmap.config().isEmpty()) {
      return given;
    }
    String file = diskmap.config().get().toAbsolutePath().toString();
    return name -> name.equals("STORAGE_CONFIG") ? file : given.apply(name);
  }

  private void checkDisks(StorageManager storages) {
    PrintStream out = diskmap.terminal().out();
    Map<String, Health> answers = storages.health(CHECK_TIME);
    answers.forEach(
        (disk, health) ->
            out.println(
                "disk "
                    + disk
                    + ": "
                    + health
                        .problem()
                        .map(Failures::sentence)
                        .orElse("ok, " + Text.time(health.roundTrip()))));
    if (answers.values().stream().noneMatch(Health::healthy)) {
      out.flush();
      throw new CommandException(
          ErrorKind.UNAVAILABLE,
          "No disk answers, so there is nothing to serve.",
          "mend what is said above; 'diskmap doctor' looks closer",
          null);
    }
  }

  private StorageServer server(StorageManager storages, ServedTasks tasks) {
    ServerSection section =
        storages
            .diskMap()
            .server()
            .orElseThrow(
                () ->
                    DiskMapException.of(
                        "the server has no API key: set INTERNAL_API_KEY, or server.keys in the"
                            + " disk map"));
    if (listen != null) {
      section =
          new ServerSection(address(listen), section.tls(), section.keys(), section.auditKey());
    }
    try {
      StorageServer.Builder builder = StorageServer.builder(storages).section(section);
      tasks.mountOn(builder);
      StorageServer server = builder.build();
      server.start();
      return server;
    } catch (IllegalStateException e) {
      throw DiskMapException.of(String.valueOf(e.getMessage()));
    } catch (IOException e) {
      throw new CommandException(
          ErrorKind.UNAVAILABLE,
          "The server cannot listen on %s: %s.".formatted(section.listen(), e.getMessage()),
          "free the address, or choose another one with --listen or server.listen",
          e);
    }
  }

  private static InetSocketAddress address(String text) {
    Matcher form = ADDRESS.matcher(text);
    if (!form.matches() || Integer.parseInt(form.group(2)) > 65535) {
      throw new UsageException("--listen is written HOST:PORT, as in 127.0.0.1:8001.");
    }
    return InetSocketAddress.createUnresolved(form.group(1), Integer.parseInt(form.group(2)));
  }

  private void announce(StorageManager storages, StorageServer server) {
    InetSocketAddress address = server.address();
    boolean tls = storages.diskMap().server().flatMap(ServerSection::tls).isPresent();
    PrintStream out = diskmap.terminal().out();
    out.println(
        "listening on %s://%s:%d/internal/storage/ for %s"
            .formatted(
                tls ? "https" : "http",
                host(address),
                address.getPort(),
                String.join(", ", storages.disks())));
    storages
        .auditStore()
        .ifPresent(store -> out.println("audit records go to " + shown(store.reveal())));
    out.flush();
  }

  /** A URL can hold a password behind its first question mark, semicolon or at sign. */
  private static String shown(String store) {
    if (!store.startsWith("jdbc:")) {
      return Text.visible(store);
    }
    String plain = store.replaceFirst("//[^/]*@", "//").replaceFirst("[?;].*", "");
    return Text.visible(plain);
  }

  private static String host(InetSocketAddress address) {
    String text = address.getAddress().getHostAddress();
    return text.contains(":") ? "[" + text + "]" : text;
  }

  private void tell(CleanupRun run) {
    run.failure()
        .ifPresent(
            failure ->
                diskmap
                    .terminal()
                    .err()
                    .println("diskmap: clean-up of " + run.disk() + ": " + failure.getMessage()));
    run.report()
        .filter(report -> report.deleted().files() > 0 || report.abortedUploads() > 0)
        .ifPresent(
            report -> {
              diskmap
                  .terminal()
                  .out()
                  .println(
                      "clean-up of "
                          + run.disk()
                          + ": "
                          + Text.count(report.deleted().files(), "file")
                          + ", "
                          + Text.human(report.deleted().bytes())
                          + "; "
                          + Text.count(report.abortedUploads(), "abandoned upload"));
              diskmap.terminal().out().flush();
            });
  }

  private static void await(CountDownLatch signal) {
    try {
      signal.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
