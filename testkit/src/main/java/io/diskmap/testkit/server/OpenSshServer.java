package io.diskmap.testkit.server;

import io.diskmap.testkit.invariant.Eventually;
import io.diskmap.testkit.process.FreePort;
import io.diskmap.testkit.process.Readiness;
import io.diskmap.testkit.process.ServerProcess;
import io.diskmap.testkit.process.Tool;
import io.diskmap.testkit.process.ToolRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * An OpenSSH server of this machine on a free port, with keys of its own. For any thread; one
 * change of state at a time.
 *
 * <p>The user who runs the tests logs in with {@link #identity}; root can also have a confined user
 * made who logs in with a password. Clients find the host key in {@link #knownHosts}.
 */
public final class OpenSshServer implements AutoCloseable {
  /** The server's program. */
  public static final Tool TOOL = Tool.ofPackage("sshd", "openssh-server openssh-sftp-server");

  /** Makes keys. */
  public static final Tool KEYGEN = Tool.ofPackage("ssh-keygen", "openssh-client");

  /** sshd confines nobody below a directory that others than root can write to, such as /tmp. */
  private static final Path CONFINED = Path.of("/var/lib");

  private static final Duration KEY_TIMEOUT = Duration.ofSeconds(60);

  private final Path home;
  private final int port;
  private final @Nullable String confinedUser;
  private final Path files;
  private ServerProcess process;

  private OpenSshServer(
      Path home, Path files, int port, @Nullable String confinedUser, ServerProcess process) {
    this.home = home;
    this.files = files;
    this.port = port;
    this.confinedUser = confinedUser;
    this.process = process;
  }

  /** A running server with further lines for its configuration. */
  public static OpenSshServer launch(String... lines) throws IOException, InterruptedException {
    Path home = home(Path.of("/tmp"));
    Path files = Files.createDirectory(home.resolve("files"));
    return launch(home, files, System.getProperty("user.name"), null, List.of(lines));
  }

  /**
   * A running server whose only user is confined to a directory by chroot and internal-sftp, and
   * may log in with a password; only root can have one. The user may write to {@code /data}.
   */
  public static OpenSshServer launchConfined(String password)
      throws IOException, InterruptedException {
    Path home = home(CONFINED);
    String user = "dm" + ProcessHandle.current().pid() % 100_000 + "x" + FreePort.find() % 1000;
    Path jail = Files.createDirectory(home.resolve("jail"));
    Path files = Files.createDirectory(jail.resolve("data"));
    run("useradd", "--no-create-home", "--home-dir", "/", "--shell", "/bin/sh", user);
    ProcessBuilder passwd = new ProcessBuilder(path("chpasswd"));
    Process setting = passwd.start();
    setting.getOutputStream().write((user + ":" + password + "\n").getBytes("UTF-8"));
    setting.getOutputStream().close();
    if (setting.waitFor() != 0) {
      throw new IllegalStateException("chpasswd failed for " + user);
    }
    run("chown", user, files.toString());
    return launch(
        home, files, user, user, List.of("ChrootDirectory " + jail, "ForceCommand internal-sftp"));
  }

  private static Path home(Path below) throws IOException, InterruptedException {
    TOOL.path();
    Path home = Files.createTempDirectory(below, "diskmap-sshd-");
    run("chmod", "755", home.toString());
    Path privileges = Path.of("/run/sshd");
    if (System.getProperty("user.name").equals("root") && !Files.isDirectory(privileges)) {
      Files.createDirectories(privileges);
    }
    for (String type : List.of("ed25519", "ecdsa", "rsa")) {
      key(home.resolve("host_" + type), type, "");
    }
    key(home.resolve("id_ed25519"), "ed25519", "");
    Files.copy(home.resolve("id_ed25519.pub"), home.resolve("authorized_keys"));
    return home;
  }

  /** Makes a key pair. */
  public static void key(Path file, String type, String passphrase)
      throws IOException, InterruptedException {
    KEYGEN.run(KEY_TIMEOUT, "-q", "-t", type, "-N", passphrase, "-f", file.toString()).orFail();
  }

  private static void run(String tool, String... arguments)
      throws IOException, InterruptedException {
    Tool.ofPackage(tool, "passwd coreutils").run(KEY_TIMEOUT, arguments).orFail();
  }

  private static String path(String tool) {
    return Tool.ofPackage(tool, "passwd").path().toString();
  }

  private static OpenSshServer launch(
      Path home, Path files, String user, @Nullable String confined, List<String> lines)
      throws IOException, InterruptedException {
    int port = FreePort.find();
    Files.writeString(home.resolve("sshd_config"), settings(home, port, user, lines));
    StringBuilder known = new StringBuilder();
    for (String type : List.of("ed25519", "ecdsa", "rsa")) {
      String[] key = Files.readString(home.resolve("host_" + type + ".pub")).split(" ");
      known.append("[127.0.0.1]:").append(port).append(' ');
      known.append(key[0]).append(' ').append(key[1]).append('\n');
    }
    Files.writeString(home.resolve("known_hosts"), known.toString());
    OpenSshServer server =
        new OpenSshServer(home, files, port, confined, process(home, port, List.of()));
    server.start();
    return server;
  }

  private static ServerProcess process(Path home, int port, List<String> prefix)
      throws IOException {
    List<String> command = new ArrayList<>(prefix);
    command.addAll(
        List.of(TOOL.path().toString(), "-D", "-e", "-f", home.resolve("sshd_config").toString()));
    return ServerProcess.builder("sshd", command)
        .readyWhen(Readiness.port("127.0.0.1", port))
        .grace(Duration.ofSeconds(2))
        .build();
  }

  private static String settings(Path home, int port, String user, List<String> lines) {
    boolean confined = !lines.isEmpty() && lines.get(0).startsWith("Chroot");
    return """
        Port %d
        ListenAddress 127.0.0.1
        HostKey %2$s/host_ed25519
        HostKey %2$s/host_ecdsa
        HostKey %2$s/host_rsa
        PidFile %2$s/sshd.pid
        AuthorizedKeysFile %2$s/authorized_keys
        StrictModes no
        PasswordAuthentication %3$s
        KbdInteractiveAuthentication no
        UsePAM no
        AllowUsers %4$s
        PermitRootLogin prohibit-password
        UseDNS no
        MaxSessions 64
        MaxStartups 100:30:200
        LogLevel ERROR
        %5$s
        %6$s
        """
        .formatted(
            port,
            home,
            confined ? "yes" : "no",
            user,
            lines.stream().anyMatch(line -> line.startsWith("Subsystem"))
                ? ""
                : "Subsystem sftp internal-sftp -l ERROR",
            String.join("\n", lines));
  }

  /** Starts it again, at the same port and over the same files. */
  public void start() throws IOException, InterruptedException {
    process.start();
  }

  /** Starts it again behind a command such as strace. */
  public void startBehind(List<String> prefix) throws IOException, InterruptedException {
    process = process(home, port, prefix);
    process.start();
  }

  /** Ends it and all its sessions at once, as a crash does. */
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

  /** The user who logs in. */
  public String user() {
    return confinedUser == null ? System.getProperty("user.name") : confinedUser;
  }

  /** The private key of that user, without a passphrase. */
  public Path identity() {
    return home.resolve("id_ed25519");
  }

  /** The host keys of the server, for its own port. */
  public Path knownHosts() {
    return home.resolve("known_hosts");
  }

  /** The public host key of a type, {@code ed25519}, {@code ecdsa} or {@code rsa}. */
  public Path hostKey(String type) {
    return home.resolve("host_" + type + ".pub");
  }

  /** The file of the keys that may log in. */
  public Path authorizedKeys() {
    return home.resolve("authorized_keys");
  }

  /** A directory of this machine that the user may write to. */
  public Path files() {
    return files;
  }

  /** The same directory as the user sees it. */
  public String root() {
    return confinedUser == null ? files.toString() : "/data";
  }

  /** The server's version, such as {@code 9.2p1}. */
  public static String version() throws IOException, InterruptedException {
    ToolRun run = TOOL.run(KEY_TIMEOUT, "-V");
    return (run.out() + run.err()).replaceFirst("(?s).*?OpenSSH_([0-9.a-z]+).*", "$1");
  }

  @Override
  public void close() {
    process.close();
    try {
      process.kill9();
      if (confinedUser != null) {
        String user = confinedUser;
        Eventually.holds("the confined user is free to go", () -> isRemoved(user));
      }
      removeTree(home);
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException("the server's files cannot be removed", e);
    }
  }

  /** A session of the user may take a moment to end. */
  private static boolean isRemoved(String user) throws IOException, InterruptedException {
    return Tool.ofPackage("userdel", "passwd").run(KEY_TIMEOUT, user).orFail().succeeded();
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
}
