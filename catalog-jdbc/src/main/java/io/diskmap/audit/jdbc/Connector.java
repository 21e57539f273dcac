package io.diskmap.audit.jdbc;

import io.diskmap.jdbc.internal.Database;
import io.diskmap.jdbc.internal.Migrations;
import java.io.IOException;
import java.sql.SQLException;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The way to the database for one writer: connected when it is first needed, with the tables at
 * their newest version, the writer's row, and its lease. Thread-safe.
 */
final class Connector implements AutoCloseable {
  private final Opener opener;
  private final WriterRow beginning;
  private final ReentrantLock lock = new ReentrantLock();
  private volatile @Nullable Database database;
  private @Nullable Lease lease;

  /** Opens the database. */
  @FunctionalInterface
  interface Opener {
    Database open() throws SQLException;
  }

  Connector(Opener opener, WriterRow beginning) {
    this.opener = opener;
    this.beginning = beginning;
  }

  long writer() {
    return beginning.writer();
  }

  WriterRow beginning() {
    return beginning;
  }

  /** Whether the database was reached. */
  boolean isConnected() {
    return database != null;
  }

  /** The database; asks it for a connection where there was none so far. */
  Database connected() throws IOException {
    Database known = database;
    if (known != null) {
      return known;
    }
    lock.lock();
    try {
      known = database;
      return known != null ? known : connect();
    } finally {
      lock.unlock();
    }
  }

  private Database connect() throws IOException {
    Database opened = null;
    try {
      opened = opener.open();
      migrate(opened);
      lease = take(opened);
      opened.change(
          connection -> {
            if (Tables.writer(connection, writer()).isEmpty()) {
              Tables.addWriter(connection, beginning);
            }
            return connection;
          });
      database = opened;
      return opened;
    } catch (SQLException e) {
      closeQuietly(opened, e);
      throw new IOException("The audit store cannot be opened: " + Sentences.of(e), e);
    }
  }

  /** Brings the tables to their newest version. */
  static void migrate(Database database) throws SQLException {
    new Migrations(Connector.class, "audit").apply(database);
  }

  private Lease take(Database from) throws SQLException {
    Optional<Lease> taken = Lease.tryTake(from, writer());
    return taken.orElseThrow(
        () -> new SQLException("The lease of this writer is held by another connection."));
  }

  /** Takes the lease again where its connection was lost. */
  void renewLease() throws SQLException, IOException {
    Database from = connected();
    lock.lock();
    try {
      Lease held = lease;
      if (held == null || !held.holds()) {
        lease = null;
        if (held != null) {
          held.close();
        }
        lease = Lease.tryTake(from, writer()).orElse(null);
      }
    } finally {
      lock.unlock();
    }
  }

  /** The last link of this writer in the database. */
  long head(TableLog log) throws IOException {
    return log.row(writer())
        .orElseThrow(() -> new IOException("The audit store has lost the row of this writer."))
        .headSequence();
  }

  private static void closeQuietly(@Nullable Database opened, Exception failure) {
    if (opened != null) {
      try {
        opened.close();
      } catch (SQLException e) {
        failure.addSuppressed(e);
      }
    }
  }

  @Override
  public void close() throws SQLException {
    lock.lock();
    try {
      Database known = database;
      if (known != null) {
        known.close();
      }
      Lease held = lease;
      lease = null;
      if (held != null) {
        held.close();
      }
    } finally {
      lock.unlock();
    }
  }
}
