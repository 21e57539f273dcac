package io.diskmap.audit.jdbc;

import io.diskmap.testkit.process.NeedsInstalled;
import io.diskmap.testkit.server.MariaDbServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** The audit store in MariaDB. */
@NeedsInstalled(
    tools = {"mariadbd", "mariadb-install-db", "mariadb"},
    packages = "mariadb-server")
class MariaDbAuditTest extends AuditStoreContract {
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
  String store() {
    return server.jdbcUrl();
  }

  @Override
  String jdbcUrl() {
    return server.jdbcUrl();
  }
}
