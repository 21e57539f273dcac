package io.diskmap.catalog;

import io.diskmap.testkit.process.NeedsInstalled;
import io.diskmap.testkit.server.PostgresServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** The catalogue over PostgreSQL. */
@NeedsInstalled(tools = "pg_ctlcluster", packages = "postgresql")
final class PostgresTaskFilesTest extends TaskFilesContract {
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
  String url() {
    return server.jdbcUrl();
  }
}
