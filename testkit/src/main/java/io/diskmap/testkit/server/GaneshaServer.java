package io.diskmap.testkit.server;

import io.diskmap.testkit.process.FreePort;
import io.diskmap.testkit.process.Readiness;
import io.diskmap.testkit.process.ServerProcess;
import io.diskmap.testkit.process.Tool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * An nfs-ganesha server over a directory of this machine, without rpcbind, dbus or a kernel module.
 * For any thread; one change of state at a time.
 *
 * <p>It opens files by their handles and takes its callers' user ids, which root may, and whoever
 * has the capabilities for it. It keeps its clients' states over restarts, so a restart has a grace
 * period. Nothing may change the exported directory behind the server while it runs.
 */
public final class GaneshaServer implements AutoCloseable {
  /** The server's program. */
  public static final Tool TOOL = Tool.ofPackage("ganesha.nfsd", "nfs-ganesha nfs-ganesha-vfs");

  /** CAP_CHOWN to CAP_SETUID, but for CAP_KILL. */
  private static final long CAPABILITIES = 0b1101_1111;

  private static final Duration START = Duration.ofSeconds(90);

  private final Path home;
  private final Path files;
  private final int port;
  private final ServerProcess process;

  private GaneshaServer(Path home, Path files, int port, ServerProcess process) {
    this.home = home;
    this.files = files;
    this.port = port;
    this.process = process;
  }

  /** Why no server can be started here, if so, and what to do about it. */
  public static Optional<String> obstacle() {
    if (TOOL.find().isEmpty()) {
      return Optional.of("nfs-ganesha is not installed; " + TOOL.installHint());
    }
    return mayRun()
        ? Optional.empty()
        : Optional.of(
            "nfs-ganesha opens files by their handles and takes its callers' user ids, which this"
                + " user may not; run the tests as root, or with CAP_DAC_READ_SEARCH, CAP_SETUID and"
                + " the other capabilities over files");
  }

  private static boolean mayRun() {
    try {
      return Files.readAllLines(Path.of("/proc/self/status")).stream()
          .filter(line -> line.startsWith("CapEff:"))
          .map(line -> Long.parseUnsignedLong(line.substring(7).strip(), 16))
          .anyMatch(has -> (has & CAPABILITIES) == CAPABILITIES);
    } catch (IOException notLinux) {
      return false;
    }
  }

  /** A running server whose files are in a fresh directory below this one. */
  public static GaneshaServer start(Path below) throws IOException, InterruptedException {
    return start(below, Duration.ofSeconds(5), Duration.ofSeconds(5));
  }

  /** The same with other times for grace and lease. */
  public static GaneshaServer start(Path below, Duration grace, Duration lease)
      throws IOException, InterruptedException {
    Optional<String> obstacle = obstacle();
    if (obstacle.isPresent()) {
      throw new IllegalStateException(obstacle.get());
    }
    Path program = TOOL.path();
    Path home = Files.createTempDirectory("diskmap-ganesha-");
    Path files = Files.createTempDirectory(below, "diskmap-export-");
    Files.createDirectory(home.resolve("recovery"));
    int port = FreePort.find();
    Path settings = home.resolve("ganesha.conf");
    Files.writeString(settings, settings(home, files, port, grace, lease));
    Path pidFile = home.resolve("ganesha.pid");
    ServerProcess process =
        ServerProcess.builder(
                "ganesha",
                List.of(
                    program.toString(),
                    "-F",
                    "-f",
                    settings.toString(),
                    "-L",
                    home.resolve("ganesha.log").toString(),
                    "-p",
                    pidFile.toString(),
                    "-N",
                    "EVENT"))
            .readyWhen(
                server ->
                    isOwn(pidFile, server.pid().orElse(-1L))
                        && Readiness.port("127.0.0.1", port).ready(server))
            .startTimeout(START)
            .grace(Duration.ofSeconds(5))
            .build();
    GaneshaServer server = new GaneshaServer(home, files, port, process);
    server.start();
    return server;
  }

  /** The pid file is the running process' own, not one that a killed process left. */
  private static boolean isOwn(Path pidFile, long pid) throws IOException {
    return Files.exists(pidFile) && Files.readString(pidFile).strip().equals(Long.toString(pid));
  }

  /** Starts it again, over the same files and with what it knew of its clients. */
  public void start() throws IOException, InterruptedException {
    Files.deleteIfExists(home.resolve("ganesha.pid"));
    process.start();
  }

  /** Ends it as a power cut would. */
  public void kill() throws InterruptedException {
    process.kill9();
  }

  /** The process, for what else tests do to it. */
  public ServerProcess process() {
    return process;
  }

  /** The port on 127.0.0.1. */
  public int port() {
    return port;
  }

  /** The export's name. */
  public String export() {
    return "/export";
  }

  /** The name of an export of the same directory that wants Kerberos. */
  public String securedExport() {
    return "/secured";
  }

  /** The directory that is exported. */
  public Path files() {
    return files;
  }

  /** The server's version, such as {@code 4.3}. */
  public static String version() throws IOException, InterruptedException {
    String line = TOOL.version("-v");
    return line.replaceFirst(".*?V?([0-9]+\\.[0-9][0-9.]*).*", "$1");
  }

  @Override
  public void close() {
    process.close();
    try {
      removeTree(home);
      removeTree(files);
    } catch (IOException e) {
      throw new IllegalStateException("the server's files cannot be removed", e);
    }
  }

  private static void removeTree(Path directory) throws IOException {
    List<Path> all;
    try (Stream<Path> found = Files.walk(directory)) {
      all = found.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path each : all) {
      Files.deleteIfExists(each);
    }
  }

  private static String settings(Path home, Path files, int port, Duration grace, Duration lease) {
    return """
        NFS_CORE_PARAM {
          NFS_Port = %d; Bind_addr = 127.0.0.1; Protocols = 4;
          Enable_NLM = false; Enable_RQUOTA = false; Enable_UDP = false; Clustered = false;
          Plugins_Dir = "%s"; Enable_TCP_keepalive = false;
          MaxRPCSendBufferSize = 4194304; MaxRPCRecvBufferSize = 4194304;
        }
        NFSv4 {
          Minor_Versions = 0,1,2; Graceless = false; Grace_Period = %d; Lease_Lifetime = %d;
          RecoveryBackend = fs_ng; RecoveryRoot = "%s";
          Allow_Numeric_Owners = true; Only_Numeric_Owners = true; Delegations = false;
          Slot_Table_Size = 64;
        }
        NFS_KRB5 { Active_krb5 = false; }
        EXPORT_DEFAULTS { Access_Type = RW; Squash = none; SecType = sys; }
        EXPORT {
          Export_Id = 1; Path = %s; Pseudo = /export; Protocols = 4; Transports = TCP;
          Access_Type = RW; Squash = none; SecType = sys;
          MaxRead = 1048576; MaxWrite = 1048576; PrefRead = 1048576; PrefWrite = 1048576;
          FSAL { Name = VFS; }
        }
        EXPORT {
          Export_Id = 2; Path = %s; Tag = secured; Pseudo = /secured; Protocols = 4;
          Transports = TCP; Access_Type = RW; Squash = none; SecType = krb5p;
          FSAL { Name = VFS; }
        }
        LOG { Default_Log_Level = EVENT; Components { ALL = EVENT; } }
        # %s
        """
        .formatted(
            port,
            plugins(),
            grace.toSeconds(),
            lease.toSeconds(),
            home.resolve("recovery"),
            files,
            files,
            UUID.randomUUID());
  }

  private static String plugins() {
    return List.of("/usr/lib/x86_64-linux-gnu/ganesha", "/usr/lib/aarch64-linux-gnu/ganesha")
        .stream()
        .filter(path -> Files.isDirectory(Path.of(path)))
        .findFirst()
        .orElse("/usr/lib/ganesha");
  }
}
