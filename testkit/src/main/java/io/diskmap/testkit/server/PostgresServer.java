package io.diskmap.testkit.server;

import io.diskmap.testkit.process.FreePort;
import io.diskmap.testkit.process.ServerProcess;
import io.diskmap.testkit.process.Tool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A PostgreSQL server on a free port of the loopback address, with a cluster of its own that is
 * gone after the close. For any thread; one change of state at a time.
 *
 * <p>Commits are forced to the disk, as in production.
 */
public final class PostgresServer implements AutoCloseable {
  private static final Tool TOOL = Tool.ofPackage("postgres", "postgresql");
  private static final Path DEBIAN = Path.of("/usr/lib/postgresql");

  private final Path home;
  private final int port;
  private final ServerProcess process;

  private PostgresServer(Path home, int port, ServerProcess process) {
    this.home = home;
    this.port = port;
    this.process = process;
  }

  /** A running server with an empty database. */
  public static PostgresServer start() throws IOException, InterruptedException {
    Path programs = programs();
    Path home = Unprivileged.directory("diskmap-postgres-");
    Path data = home.resolve("data");
    Unprivileged.run(
        List.of(
            programs.resolve("initdb").toString(),
            "--pgdata=" + data,
            "--username=diskmap",
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C.UTF-8",
            "--no-sync"));
    int port = FreePort.find();
    ServerProcess process =
        ServerProcess.builder(
                "postgres",
                Unprivileged.command(
                    List.of(
                        programs.resolve("postgres").toString(),
                        "-D",
                        data.toString(),
                        "-p",
                        Integer.toString(port),
                        "-c",
                        "listen_addresses=127.0.0.1",
                        "-c",
                        "unix_socket_directories=" + home)))
            .readyWhen(server -> isReady(programs, port))
            .start();
    return new PostgresServer(home, port, process);
  }

  private static boolean isReady(Path programs, int port) throws IOException, InterruptedException {
    Process look =
        new ProcessBuilder(
                programs.resolve("pg_isready").toString(), "-q", "-h", "127.0.0.1", "-p", "" + port)
            .start();
    return look.waitFor() == 0;
  }

  /** The folder of its programs, which Debian keeps out of the path. */
  private static Path programs() throws IOException {
    if (Files.isDirectory(DEBIAN)) {
      try (Stream<Path> versions = Files.list(DEBIAN)) {
        Optional<Path> newest =
            versions
                .map(version -> version.resolve("bin"))
                .filter(bin -> Files.isExecutable(bin.resolve("initdb")))
                .max(Comparator.naturalOrder());
        if (newest.isPresent()) {
          return newest.get();
        }
      }
    }
    return TOOL.path().toRealPath().resolveSibling("");
  }

  /** The URL of its database. */
  public String jdbcUrl() {
    return "jdbc:postgresql://127.0.0.1:" + port + "/postgres?user=diskmap";
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
