package io.diskmap.audit.jdbc;

import io.diskmap.jdbc.internal.EmbeddedStore;
import java.io.IOException;

/** The audit store in an embedded H2. */
class EmbeddedAuditTest extends AuditStoreContract {
  @Override
  String store() {
    return directory.resolve("store").toString();
  }

  @Override
  String jdbcUrl() throws IOException {
    return EmbeddedStore.url(directory.resolve("store"), JdbcAuditStoreFactory.NAME);
  }
}
