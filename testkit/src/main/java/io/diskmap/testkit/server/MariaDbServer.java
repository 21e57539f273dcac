package io.diskmap.testkit.server;

import io.diskmap.testkit.process.FreePort;
import io.diskmap.testkit.process.ServerProcess;
import io.diskmap.testkit.process.Tool;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * A MariaDB server on a free port of the loopback address, with data of its own that is gone after
 * the close. For any thread; one change of state at a time.
 */
public final class MariaDbServer implements AutoCloseable {
  private static final Tool SERVER = Tool.ofPackage("mariadbd", "mariadb-server");
  private static final Tool INSTALL = Tool.ofPackage("mariadb-install-db", "mariadb-server");
  private static final Tool CLIENT = Tool.ofPackage("mariadb", "mariadb-client");

  private final Path home;
  private final int port;
  private final ServerProcess process;

  private MariaDbServer(Path home, int port, ServerProcess process) {
    this.home = home;
    this.port = port;
    this.process = process;
  }

  /** A running server with an empty database. */
  public static MariaDbServer start() throws IOException, InterruptedException {
    Path home = Unprivileged.directory("diskmap-mariadb-");
    Path data = home.resolve("data");
    Unprivileged.run(
        List.of(
            INSTALL.path().toString(),
            "--no-defaults",
            "--datadir=" + data,
            "--auth-root-authentication-method=normal",
            "--skip-test-db",
            "--skip-name-resolve"));
    int port = FreePort.find();
    ServerProcess process =
        ServerProcess.builder(
                "mariadb",
                Unprivileged.command(
                    List.of(
                        SERVER.path().toString(),
                        "--no-defaults",
                        "--datadir=" + data,
                        "--port=" + port,
                        "--bind-address=127.0.0.1",
                        "--socket=" + home.resolve("s"),
                        "--pid-file=" + home.resolve("pid"),
                        "--tmpdir=" + home,
                        "--innodb-buffer-pool-size=64M")))
            .readyWhen(server -> answers(home.resolve("s"), port))
            .startTimeout(Duration.ofSeconds(90))
            .start();
    MariaDbServer server = new MariaDbServer(home, port, process);
    server.createDatabase();
    return server;
  }

  /** Both ways in are open; the one for the database's administrator opens last. */
  private static boolean answers(Path socket, int port) throws IOException {
    try (SocketChannel network = SocketChannel.open(new InetSocketAddress("127.0.0.1", port));
        SocketChannel local = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
      return network.isConnected() && local.isConnected();
    }
  }

  private void createDatabase() throws IOException, InterruptedException {
    var run =
        CLIENT.run(
            Duration.ofSeconds(90),
            "--no-defaults",
            "--socket=" + home.resolve("s"),
            "--user=root",
            "--execute=CREATE DATABASE diskmap; CREATE USER diskmap@'127.0.0.1' IDENTIFIED BY"
                + " 'diskmap'; GRANT ALL ON diskmap.* TO diskmap@'127.0.0.1'");
    if (run.exitCode() != 0) {
      throw new IllegalStateException("the database was not made: " + run.err());
    }
  }

  /** The URL of its database. */
  public String jdbcUrl() {
    return "jdbc:mariadb://127.0.0.1:" + port + "/diskmap?user=diskmap&password=diskmap";
  }

  /** The process, for what else tests do to it. */
  public ServerProcess process() {
    return process;
  }

  @Override
  public void close() {
    process.close();
    try {
      Unprivileged.removeTree(home);
    } catch (IOException e) {
      throw new IllegalStateException("the server's files cannot be removed", e);
    }
  }
}
