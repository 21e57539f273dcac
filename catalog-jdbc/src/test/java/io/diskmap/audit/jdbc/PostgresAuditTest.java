package io.diskmap.audit.jdbc;

import io.diskmap.testkit.process.NeedsInstalled;
import io.diskmap.testkit.server.PostgresServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** The audit store in PostgreSQL. */
@NeedsInstalled(tools = "pg_ctlcluster", packages = "postgresql")
class PostgresAuditTest extends AuditStoreContract {
  private static PostgresServer server;

  @BeforeAll
  static void start() throws Exception {
    server = PostgresServer.start();
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
