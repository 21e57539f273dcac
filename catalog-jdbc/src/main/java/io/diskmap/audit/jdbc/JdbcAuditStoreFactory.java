package io.diskmap.audit.jdbc;

import io.diskmap.AuditSection;
import io.diskmap.jdbc.internal.Database;
import io.diskmap.jdbc.internal.EmbeddedStore;
import io.diskmap.spi.AuditStore;
import io.diskmap.spi.AuditStoreFactory;
import io.diskmap.spi.AuditStoreRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Opens audit stores in an embedded H2, PostgreSQL or MariaDB. Thread-safe. */
public final class JdbcAuditStoreFactory implements AuditStoreFactory {
  /** The name of the embedded database within its directory. */
  static final String NAME = "audit";

  /** For the service loader. */
  public JdbcAuditStoreFactory() {}

  @Override
  public boolean isEmbedded(String store) {
    return !EmbeddedStore.isUrl(store)
        || store.startsWith("jdbc:h2:") && !store.matches("jdbc:h2:(tcp|ssl):.*");
  }

  @Override
  public AuditStore open(AuditStoreRequest request) throws IOException {
    String store = request.store().reveal();
    if (!EmbeddedStore.isUrl(store)) {
      Path directory = Path.of(store);
      String url = EmbeddedStore.relaxedUrl(directory, NAME);
      return JdbcAuditStore.open(
          () -> Database.open(url), Optional.of(directory), request.role(), request.clock(), true);
    }
    boolean spools = request.onFailure() == AuditSection.OnFailure.SPOOL;
    Optional<Path> spool = Optional.empty();
    if (spools) {
      spool =
          Optional.of(
              request
                  .spool()
                  .orElseThrow(
                      () ->
                          new IOException(
                              "on_failure is spool, so audit.spool has to name a directory.")));
      Files.createDirectories(spool.get());
    }
    return JdbcAuditStore.open(
        () -> Database.open(request.store().reveal()),
        spool,
        request.role(),
        request.clock(),
        !spools);
  }
}
