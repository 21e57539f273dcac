package io.diskmap.sshfs;

import io.diskmap.testkit.contract.TestDisk;
import io.diskmap.testkit.process.ChildJvm;
import io.diskmap.testkit.process.FreePort;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/**
 * An Apache MINA SSHD server in a process of its own, without the extensions of OpenSSH. For one
 * thread at a time.
 *
 * <p>It takes one user, {@code worker}, with one password.
 */
final class MinaServer implements AutoCloseable {
  static final String USER = "worker";
  static final String PASSWORD = "Mina-4242";
  private static final Duration START = Duration.ofSeconds(60);

  private final String password;
  private final Path home;
  private final Path files;
  private ChildJvm process;
  private String fingerprint = "";
  private final int port = FreePort.find();

  MinaServer() throws IOException, InterruptedException {
    this(PASSWORD);
  }

  /** A server whose user has another password. */
  MinaServer(String password) throws IOException, InterruptedException {
    this.password = password;
    this.home = Files.createTempDirectory("diskmap-mina-");
    this.files = Files.createDirectory(home.resolve("files"));
    this.process = launch();
  }

  private ChildJvm launch() throws IOException, InterruptedException {
    ChildJvm started =
        ChildJvm.of(MinaMain.class)
            .options("-Xmx256m", "-Dorg.slf4j.simpleLogger.defaultLogLevel=error")
            .arguments(
                files.toString(),
                home.resolve("host-key").toString(),
                Integer.toString(port),
                USER,
                password)
            .start();
    fingerprint = started.awaitLine("fingerprint ", START).substring("fingerprint ".length());
    started.awaitLine("port " + port, START);
    warmUp();
    return started;
  }

  /** The first log-in loads most of the server's classes. */
  private void warmUp() throws IOException {
    try (RawSftp raw = new RawSftp(this)) {
      raw.extended("warm-up");
    }
  }

  /** Starts it again at the same port and over the same files. */
  void start() throws IOException, InterruptedException {
    process = launch();
  }

  /** Ends it at once, as a crash does. */
  void kill() throws IOException, InterruptedException {
    process.kill9();
    process.close();
  }

  String password() {
    return password;
  }

  int port() {
    return port;
  }

  Path files() {
    return files;
  }

  String fingerprint() {
    return fingerprint.strip();
  }

  @Override
  public void close() throws IOException {
    process.close();
    TestDisk.removeTree(home);
  }
}
