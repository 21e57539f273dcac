package io.diskmap.audit.jdbc;

import io.diskmap.AuditTrail;
import io.diskmap.audit.jdbc.TrailReader.Databases;
import io.diskmap.audit.jdbc.TrailReader.Flush;
import io.diskmap.jdbc.internal.Database;
import io.diskmap.jdbc.internal.EmbeddedStore;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A whole audit store for those who look after it: verified, read and exported, also while others
 * write to it.
 *
 * <p>Thread-safe. It writes nothing.
 */
public final class AuditArchive implements AutoCloseable {
  private static final int WINDOW = 5000;

  private final Databases databases;
  private final Flush flush;
  private final @Nullable Database own;

  AuditArchive(Databases databases, Flush flush) {
    this.databases = databases;
    this.flush = flush;
    this.own = null;
  }

  private AuditArchive(Database own) {
    this.databases = () -> own;
    this.flush = () -> {};
    this.own = own;
  }

  /**
   * Opens an existing store for reading.
   *
   * @param store the directory of an embedded store, or a JDBC URL
   * @throws IOException where it is not there or does not answer
   */
  public static AuditArchive open(String store) throws IOException {
    String url = store;
    if (!EmbeddedStore.isUrl(store)) {
      Path directory = Path.of(store);
      String name = JdbcAuditStoreFactory.NAME;
      if (!Files.exists(directory.resolve(name + ".mv.db"))) {
        throw new IOException("There is no audit store in " + directory + ".");
      }
      url = EmbeddedStore.relaxedUrl(directory, name);
    }
    try {
      Database database = Database.open(url);
      Connector.migrate(database);
      return new AuditArchive(database);
    } catch (SQLException e) {
      throw new IOException("The audit store cannot be opened: " + Sentences.of(e), e);
    }
  }

  /** What was kept, to ask. */
  public AuditTrail trail() {
    return new TrailReader(databases, flush);
  }

  /** The last link of each chain, to keep elsewhere and to verify with. */
  public List<ChainHead> heads() throws IOException {
    flush.run();
    List<WriterRow> writers =
        call(
            database -> {
              List<WriterRow> rows = database.call(Tables::writers);
              Shipper.sync(database);
              return rows;
            });
    return writers.stream()
        .map(row -> ChainHead.of(row.writer(), row.headSequence(), row.headHash()))
        .toList();
  }

  /** Follows every chain from its beginning to its end. */
  public AuditVerdict verify() throws IOException {
    return verify(List.of());
  }

  /** As {@link #verify()}, and compares with heads that were kept elsewhere. */
  public AuditVerdict verify(List<ChainHead> kept) throws IOException {
    flush.run();
    return call(database -> verify(database, kept));
  }

  private static AuditVerdict verify(Database database, List<ChainHead> kept) throws SQLException {
    ChainCheck check = new ChainCheck();
    for (WriterRow row : database.call(Tables::writers)) {
      check.begin(row);
      boolean more = true;
      for (long from = row.firstSequence(); more && from <= row.headSequence(); from += WINDOW) {
        for (ChainEntry entry : window(database, row, from)) {
          more = more && check.add(entry);
        }
      }
      check.end();
    }
    for (Tables.Stray stray : database.call(Tables::strays)) {
      check.fail(stray.writer(), stray.sequence(), stray.what());
    }
    return check.verdict(kept, (writer, sequence) -> hash(database, writer, sequence));
  }

  private static List<ChainEntry> window(Database database, WriterRow row, long from)
      throws SQLException {
    long last = Math.min(from + WINDOW - 1, row.headSequence());
    return database.call(connection -> Tables.window(connection, row.writer(), from, last));
  }

  private static Optional<byte[]> hash(Database database, long writer, long sequence) {
    try {
      return database
          .call(connection -> Tables.window(connection, writer, sequence, sequence))
          .stream()
          .map(ChainEntry::hash)
          .findFirst();
    } catch (SQLException e) {
      throw new UncheckedIOException(
          new IOException("The audit store does not answer: " + Sentences.of(e), e));
    }
  }

  /**
   * Writes every chain with all that its verification needs, as lines of JSON in UTF-8; how many
   * links.
   */
  public long export(OutputStream out) throws IOException {
    flush.run();
    return call(
        database -> {
          try (ExportWriter writer = new ExportWriter(out)) {
            for (WriterRow row : database.call(Tables::writers)) {
              writer.begin(row);
              for (long from = row.firstSequence(); from <= row.headSequence(); from += WINDOW) {
                writer.add(window(database, row, from));
              }
            }
            return writer.finish();
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
  }

  private <T> T call(DatabaseWork<T> work) throws IOException {
    try {
      return work.run(databases.get());
    } catch (SQLException e) {
      throw new IOException("The audit store does not answer: " + Sentences.of(e), e);
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  /** What is done with the database. */
  @FunctionalInterface
  private interface DatabaseWork<T> {
    T run(Database database) throws SQLException;
  }

  @Override
  public void close() throws IOException {
    try {
      if (own != null) {
        own.close();
      }
    } catch (SQLException e) {
      throw new IOException("The audit store closed badly.", e);
    }
  }
}
