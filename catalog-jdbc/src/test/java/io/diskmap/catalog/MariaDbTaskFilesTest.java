package io.diskmap.catalog;

import io.diskmap.testkit.process.NeedsInstalled;
import io.diskmap.testkit.server.MariaDbServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** The catalogue over MariaDB. */
@NeedsInstalled(
    tools = {"mariadbd", "mariadb-install-db", "mariadb"},
    packages = "mariadb-server")
final class MariaDbTaskFilesTest extends TaskFilesContract {
  private static MariaDbServer server;

  @BeforeAll
  static void start() throws Exception {
    server = MariaDbServer.start();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @Override
  String url() {
    return server.jdbcUrl();
  }
}
