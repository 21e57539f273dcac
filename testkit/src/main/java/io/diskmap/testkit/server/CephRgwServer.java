package io.diskmap.testkit.server;

import io.diskmap.testkit.process.FreePort;
import io.diskmap.testkit.process.Readiness;
import io.diskmap.testkit.process.ServerProcess;
import io.diskmap.testkit.process.Tool;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * A Ceph cluster of one monitor, one manager and one memory store, with its object gateway on
 * loopback: a production S3 engine for tests. For any thread; one start and one close.
 *
 * <p>Ports and directories are its own. The store takes at most 2 GiB of memory where no other
 * limit is named.
 */
public final class CephRgwServer implements AutoCloseable {
  /** The access key of its one user. */
  public static final String ACCESS_KEY = "AKIATEST";

  /** The secret of the key. */
  public static final String SECRET_KEY = "secretsecret";

  private static final Duration STEP = Duration.ofSeconds(60);
  private static final List<Tool> TOOLS =
      List.of(
          Tool.ofPackage("ceph-mon", "ceph-mon"),
          Tool.ofPackage("ceph-mgr", "ceph-mgr"),
          Tool.ofPackage("ceph-osd", "ceph-osd"),
          Tool.ofPackage("radosgw", "radosgw"),
          Tool.ofPackage("ceph-authtool", "ceph-common"));

  private final Path directory;
  private final Path configuration;
  private final int port;
  private final int securePort;
  private final Deque<ServerProcess> processes = new ArrayDeque<>();

  private CephRgwServer(Path directory, int port, int securePort) {
    this.directory = directory;
    this.configuration = directory.resolve("ceph.conf");
    this.port = port;
    this.securePort = securePort;
  }

  /** Whether all programs are installed. */
  public static boolean isInstalled() {
    return TOOLS.stream().allMatch(tool -> tool.find().isPresent());
  }

  /** Starts a cluster, which takes 20 to 60 seconds. */
  public static CephRgwServer start() throws IOException, InterruptedException {
    return start(2L << 30, Optional.empty());
  }

  /**
   * Starts a cluster that holds this many bytes in memory and speaks TLS too, where there is a
   * certificate: a PEM file with its key.
   */
  public static CephRgwServer start(long storeBytes, Optional<Path> certificate)
      throws IOException, InterruptedException {
    TOOLS.forEach(Tool::path);
    Path directory = Files.createTempDirectory("ceph-");
    int securePort = certificate.isPresent() ? FreePort.find() : 0;
    CephRgwServer server = new CephRgwServer(directory, FreePort.find(), securePort);
    boolean started = false;
    try {
      String secure =
          certificate
              .map(pem -> " ssl_endpoint=127.0.0.1:" + securePort + " ssl_certificate=" + pem)
              .orElse("");
      server.configure(storeBytes, secure);
      server.startMonitor();
      server.startManager();
      server.startStore();
      server.startGateway();
      started = true;
      return server;
    } finally {
      if (!started) {
        server.close();
      }
    }
  }

  /** Where the gateway is. */
  public URI endpoint() {
    return URI.create("http://127.0.0.1:" + port);
  }

  /** Where the gateway speaks TLS. */
  public URI secureEndpoint() {
    return URI.create("https://127.0.0.1:" + securePort);
  }

  /** Frees the memory of what was deleted, which the gateway else does after a while. */
  public void reclaim() throws IOException, InterruptedException {
    ceph("radosgw-admin", "gc", "process", "--include-all");
  }

  /** What the gateway says of its version. */
  public static String version() throws IOException, InterruptedException {
    return Tool.ofPackage("radosgw", "radosgw").version();
  }

  private void configure(long storeBytes, String secure) throws IOException, InterruptedException {
    for (String name : List.of("mon", "osd", "mgr", "rgw", "run", "log")) {
      Files.createDirectories(directory.resolve(name));
    }
    int monitor = FreePort.find();
    String cluster = UUID.randomUUID().toString();
    Files.writeString(
        configuration,
        """
        [global]
        fsid = %1$s
        mon_host = v1:127.0.0.1:%2$d
        public_network = 127.0.0.0/8
        public_addr = 127.0.0.1
        auth_cluster_required = cephx
        auth_service_required = cephx
        auth_client_required = cephx
        run_dir = %3$s/run
        admin_socket = %3$s/run/$name.asok
        pid_file = %3$s/run/$name.pid
        log_file = %3$s/log/$name.log
        crash_dir = %3$s/log
        osd_pool_default_size = 1
        osd_pool_default_min_size = 1
        osd_pool_default_pg_num = 8
        osd_pool_default_pgp_num = 8
        osd_pool_default_pg_autoscale_mode = off
        mon_allow_pool_size_one = true
        mon_warn_on_pool_no_redundancy = false
        osd_crush_chooseleaf_type = 0
        mon_max_pg_per_osd = 1000
        mon_data = %3$s/mon
        keyring = %3$s/keyring
        ms_bind_ipv6 = false
        debug_ms = 0
        mon_data_avail_crit = 1
        mon_data_avail_warn = 2
        [mon]
        auth_allow_insecure_global_id_reclaim = true
        [osd]
        osd_data = %3$s/osd
        osd_objectstore = memstore
        memstore_device_bytes = %5$d
        osd_max_object_name_len = 2048
        osd_op_num_shards = 2
        osd_class_update_on_start = true
        [client.rgw]
        rgw_frontends = beast tcp_nodelay=1 endpoint=127.0.0.1:%4$d%6$s
        rgw_enable_usage_log = false
        rgw_enable_ops_log = false
        rgw_dns_name =
        rgw_max_concurrent_requests = 1024
        rgw_thread_pool_size = 64
        rgw_relaxed_s3_bucket_names = true
        rgw_gc_obj_min_wait = 5
        rgw_gc_processor_period = 30
        """
            .formatted(cluster, monitor, directory, port, storeBytes, secure));
    String keyring = directory.resolve("keyring").toString();
    run(
        "ceph-authtool",
        "--create-keyring",
        keyring,
        "--gen-key",
        "-n",
        "mon.",
        "--cap",
        "mon",
        "allow *");
    for (String entity : List.of("client.admin", "osd.0", "client.rgw", "mgr.x")) {
      run(
          "ceph-authtool",
          keyring,
          "--gen-key",
          "-n",
          entity,
          "--cap",
          "mon",
          "allow *",
          "--cap",
          "osd",
          "allow *",
          "--cap",
          "mgr",
          "allow *");
    }
    String map = directory.resolve("monmap").toString();
    run(
        "monmaptool",
        "--create",
        "--clobber",
        "--fsid",
        cluster,
        "--addv",
        "a",
        "[v1:127.0.0.1:" + monitor + "]",
        map);
    ceph("ceph-mon", "--mkfs", "-i", "a", "--monmap", map, "--keyring", keyring);
  }

  private void startMonitor() throws IOException, InterruptedException {
    daemon("ceph-mon", Readiness.running(), "-i", "a");
    ceph("ceph", "-s");
  }

  private void startManager() throws IOException, InterruptedException {
    daemon("ceph-mgr", Readiness.running(), "-i", "x", "--mgr-data=" + directory.resolve("mgr"));
  }

  private void startStore() throws IOException, InterruptedException {
    String id = UUID.randomUUID().toString();
    ceph("ceph", "osd", "new", id);
    ceph("ceph-osd", "-i", "0", "--mkfs", "--osd-uuid", id);
    daemon(
        "ceph-osd",
        process ->
            Tool.ofPackage("ceph", "ceph-common")
                .run(STEP, "-c", configuration.toString(), "osd", "stat", "-f", "json")
                .out()
                .contains("\"num_up_osds\":1"),
        "-i",
        "0");
  }

  private void startGateway() throws IOException, InterruptedException {
    daemon(
        "radosgw",
        Readiness.port("127.0.0.1", port),
        "-n",
        "client.rgw",
        "--rgw-data",
        directory.resolve("rgw").toString());
    ceph(
        "radosgw-admin",
        "user",
        "create",
        "--uid=test",
        "--display-name=test",
        "--access-key=" + ACCESS_KEY,
        "--secret-key=" + SECRET_KEY);
  }

  private void daemon(String name, Readiness ready, String... arguments)
      throws IOException, InterruptedException {
    List<String> command =
        Stream.concat(
                Stream.of(
                    Tool.ofPackage(name, name).path().toString(),
                    "-c",
                    configuration.toString(),
                    "-f"),
                Stream.of(arguments))
            .toList();
    processes.push(
        ServerProcess.builder(name, command)
            .log(directory.resolve("log").resolve(name + ".out"))
            .readyWhen(ready)
            .startTimeout(Duration.ofSeconds(120))
            .grace(Duration.ofSeconds(3))
            .start());
  }

  private void ceph(String name, String... arguments) throws IOException, InterruptedException {
    String[] all =
        Stream.concat(Stream.of("-c", configuration.toString()), Stream.of(arguments))
            .toArray(String[]::new);
    Tool.ofPackage(name, "ceph-common").run(STEP, all).orFail();
  }

  private void run(String name, String... arguments) throws IOException, InterruptedException {
    Tool.ofPackage(name, "ceph-common").run(STEP, arguments).orFail();
  }

  @Override
  public void close() throws IOException {
    processes.forEach(
        process -> {
          try {
            process.kill9();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
    processes.clear();
    try (Stream<Path> files = Files.walk(directory)) {
      files
          .sorted(Comparator.reverseOrder())
          .forEach(
              file -> {
                try {
                  Files.deleteIfExists(file);
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              });
    }
  }
}
