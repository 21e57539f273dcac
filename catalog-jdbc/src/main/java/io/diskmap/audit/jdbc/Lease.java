package io.diskmap.audit.jdbc;

import io.diskmap.jdbc.internal.Database;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLIntegrityConstraintViolationException;
import java.sql.SQLTimeoutException;
import java.util.Optional;

/**
 * A lock in the database that says that a writer lives: it goes with the connection that holds it,
 * so that it never outlives the process. Not for use by several threads.
 */
final class Lease implements AutoCloseable {
  private static final int LOOK_SECONDS = 5;

  private final Connection connection;

  private Lease(Connection connection) {
    this.connection = connection;
  }

  /** Takes the lease of a writer, or nothing where another connection holds it. */
  static Optional<Lease> tryTake(Database database, long writer) throws SQLException {
    Connection connection = database.connect();
    boolean taken = false;
    try {
      taken =
          switch (database.dialect()) {
            case POSTGRESQL -> named(connection, "SELECT pg_try_advisory_lock(?)", writer);
            case MARIADB ->
                named(connection, "SELECT GET_LOCK(CONCAT('diskmap-audit-', ?), 0)", writer);
            case H2 -> {
              try (Database.Hold held = database.hold()) {
                yield row(connection, writer);
              }
            }
          };
      return taken ? Optional.of(new Lease(connection)) : Optional.empty();
    } finally {
      if (!taken) {
        connection.close();
      }
    }
  }

  private static boolean named(Connection connection, String statement, long writer)
      throws SQLException {
    connection.setAutoCommit(true);
    try (PreparedStatement take = connection.prepareStatement(statement)) {
      take.setLong(1, writer);
      try (ResultSet rows = take.executeQuery()) {
        return rows.next() && rows.getBoolean(1);
      }
    }
  }

  private static boolean row(Connection connection, long writer) throws SQLException {
    if (!hasRow(connection, writer)) {
      try (PreparedStatement add =
          connection.prepareStatement("INSERT INTO audit_lease (writer) VALUES (?)")) {
        add.setLong(1, writer);
        add.executeUpdate();
        connection.commit();
      } catch (SQLIntegrityConstraintViolationException e) {
        connection.rollback();
      }
    }
    try (PreparedStatement take =
        connection.prepareStatement(
            "SELECT writer FROM audit_lease WHERE writer = ? FOR UPDATE NOWAIT")) {
      take.setLong(1, writer);
      try (ResultSet rows = take.executeQuery()) {
        return rows.next();
      }
    } catch (SQLTimeoutException e) {
      return false;
    }
  }

  /** An insert of a row that is locked would wait for the lock. */
  private static boolean hasRow(Connection connection, long writer) throws SQLException {
    try (PreparedStatement look =
        connection.prepareStatement("SELECT 1 FROM audit_lease WHERE writer = ?")) {
      look.setLong(1, writer);
      try (ResultSet rows = look.executeQuery()) {
        return rows.next();
      }
    }
  }

  /** Whether the connection, and the lock with it, is still there. */
  boolean holds() {
    try {
      return connection.isValid(LOOK_SECONDS);
    } catch (SQLException e) {
      return false;
    }
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
