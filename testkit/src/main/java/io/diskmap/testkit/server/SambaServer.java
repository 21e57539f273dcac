package io.diskmap.testkit.server;

import io.diskmap.testkit.process.FreePort;
import io.diskmap.testkit.process.Readiness;
import io.diskmap.testkit.process.ServerProcess;
import io.diskmap.testkit.process.Tool;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * A Samba file server of this machine on a free port, with its own configuration, password file and
 * state. For any thread; one change of state at a time.
 *
 * <p>Any user can run it. It serves one directory as the share {@link #SHARE}, for the user who
 * runs the tests, and the same directory once more, read-only, as {@link #READ_ONLY_SHARE}. The
 * program ends with a pipe that it has as its input, so it has none.
 */
public final class SambaServer implements AutoCloseable {
  /** The server's program. */
  public static final Tool TOOL = Tool.ofPackage("smbd", "samba");

  /** Keeps the accounts. */
  public static final Tool ACCOUNTS = Tool.ofPackage("pdbedit", "samba");

  /** The share that can be written. */
  public static final String SHARE = "data";

  /** The same files, for reading only. */
  public static final String READ_ONLY_SHARE = "fixed";

  /** The user's password. */
  public static final String PASSWORD = "a test's own: pass word";

  private static final Duration START = Duration.ofSeconds(90);
  private static final List<String> DIRECTORIES =
      List.of("private", "state", "cache", "lock", "run", "ncalrpc", "log");

  private final Path home;
  private final Path files;
  private final int port;
  private final ServerProcess process;

  private SambaServer(Path home, Path files, int port, ServerProcess process) {
    this.home = home;
    this.files = files;
    this.port = port;
    this.process = process;
  }

  /**
   * A running server whose files are in a fresh directory below this one.
   *
   * @param lines further lines for the global section of its configuration, such as {@code server
   *     signing = mandatory}
   */
  public static SambaServer start(Path below, String... lines)
      throws IOException, InterruptedException {
    Path program = TOOL.path();
    Path home = Files.createTempDirectory("diskmap-samba-");
    for (String directory : DIRECTORIES) {
      Files.createDirectory(home.resolve(directory));
    }
    Path files = Files.createTempDirectory(below, "diskmap-share-");
    int port = FreePort.find();
    Path settings = home.resolve("smb.conf");
    Files.writeString(settings, settings(home, files, port, List.of(lines)));
    account(settings, "--create", "--password-from-stdin");
    ServerProcess process =
        ServerProcess.builder(
                "smbd",
                List.of(
                    "/bin/sh",
                    "-c",
                    "exec \"$0\" \"$@\" </dev/null",
                    program.toString(),
                    "--foreground",
                    "--configfile=" + settings,
                    "--debug-stdout"))
            .readyWhen(Readiness.port("127.0.0.1", port))
            .startTimeout(START)
            .grace(Duration.ofSeconds(2))
            .build();
    SambaServer server = new SambaServer(home, files, port, process);
    server.start();
    return server;
  }

  /** The name of the user who runs the tests, who has the account. */
  public static String user() {
    return System.getProperty("user.name");
  }

  /** Locks the account; a log-in is refused from then on. */
  public void disableAccount() throws IOException, InterruptedException {
    account(home.resolve("smb.conf"), "--account-control=[D]");
  }

  /** Unlocks the account. */
  public void enableAccount() throws IOException, InterruptedException {
    account(home.resolve("smb.conf"), "--account-control=[]");
  }

  private static void account(Path settings, String... action)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(ACCOUNTS.path().toString());
    command.add("--configfile=" + settings);
    command.add("--user=" + user());
    command.addAll(List.of(action));
    Path input = Files.createTempFile("diskmap-samba-", ".in");
    Files.writeString(input, PASSWORD + "\n" + PASSWORD + "\n");
    Process setting =
        new ProcessBuilder(command).redirectInput(input.toFile()).redirectErrorStream(true).start();
    String said = new String(setting.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    int exit = setting.waitFor();
    Files.delete(input);
    if (exit != 0) {
      throw new IllegalStateException("pdbedit failed: " + said);
    }
  }

  /** Starts it again, over the same files. */
  public void start() throws IOException, InterruptedException {
    process.start();
  }

  /** Ends it and all its sessions as a power cut would. */
  public void kill() throws InterruptedException {
    process.kill9();
  }

  /** The process, for what else tests do to it. */
  public ServerProcess process() {
    return process;
  }

  /** Ends the processes that serve the connections of the moment; the server goes on. */
  public void dropConnections() {
    serving().forEach(ProcessHandle::destroyForcibly);
  }

  /** How many connections have a process that serves them. */
  public long connections() {
    return serving().count();
  }

  private Stream<ProcessHandle> serving() {
    return ProcessHandle.of(process.pid().orElseThrow()).stream()
        .flatMap(ProcessHandle::children)
        .filter(child -> serves(child.pid()));
  }

  /** The helpers have no connection; a child that serves one has a socket to this port. */
  private boolean serves(long pid) {
    String local = ":%04X ".formatted(port);
    try (Stream<Path> open = Files.list(Path.of("/proc/" + pid + "/fd"))) {
      List<String> sockets = new ArrayList<>();
      for (Path each : open.toList()) {
        String target = Files.readSymbolicLink(each).toString();
        if (target.startsWith("socket:[")) {
          sockets.add(target.substring(8, target.length() - 1));
        }
      }
      return Files.readAllLines(Path.of("/proc/net/tcp")).stream()
          .filter(line -> line.contains(local) && line.contains(" 01 "))
          .anyMatch(line -> sockets.contains(line.strip().split("\\s+")[9]));
    } catch (IOException gone) {
      return false;
    }
  }

  /** The port on 127.0.0.1. */
  public int port() {
    return port;
  }

  /** The directory that is shared. */
  public Path files() {
    return files;
  }

  /** Where its configuration is, for the command-line client. */
  public Path settings() {
    return home.resolve("smb.conf");
  }

  /** The server's version, such as {@code 4.17.12}. */
  public static String version() throws IOException, InterruptedException {
    return TOOL.version("--version").replaceFirst(".*?([0-9]+\\.[0-9]+[.0-9]*).*", "$1");
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

  private static String settings(Path home, Path files, int port, List<String> lines) {
    return """
    [global]
      server role = standalone server
      netbios name = DISKMAP
      disable netbios = yes
      smb ports = %2$d
      interfaces = lo
      bind interfaces only = yes
      private dir = %1$s/private
      passdb backend = tdbsam:%1$s/private/passdb.tdb
      state directory = %1$s/state
      cache directory = %1$s/cache
      lock directory = %1$s/lock
      pid directory = %1$s/run
      ncalrpc dir = %1$s/ncalrpc
      log file = %1$s/log/smbd.log
      max log size = 0
      load printers = no
      printing = bsd
      printcap name = /dev/null
      disable spoolss = yes
      server min protocol = SMB2_02
      map to guest = never
      %4$s
    [%5$s]
      path = %3$s
      read only = no
    [%6$s]
      path = %3$s
      read only = yes
    """
        .formatted(home, port, files, String.join("\n  ", lines), SHARE, READ_ONLY_SHARE);
  }
}
