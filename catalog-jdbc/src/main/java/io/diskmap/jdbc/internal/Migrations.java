package io.diskmap.jdbc.internal;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/**
 * Brings the tables of one component to the newest version. Immutable; for one thread, while other
 * processes may do the same.
 *
 * <p>The scripts are the resources {@code schema-1.sql}, {@code schema-2.sql} and so on beside a
 * class: statements that end in a semicolon at the end of a line, with the placeholders of {@link
 * Dialect#translate}. The versions that were applied stand in the table {@code diskmap_schema}; one
 * row of it is locked while scripts run, so that servers that start together apply each script
 * once. A script may be cut off in the middle on databases that commit each definition, so each of
 * its statements can be repeated.
 */
public final class Migrations {
  private static final String TABLE =
      "CREATE TABLE IF NOT EXISTS diskmap_schema (component ${text:64} NOT NULL PRIMARY KEY,"
          + " version INT NOT NULL)";

  private final Class<?> place;
  private final String component;

  /** The scripts beside this class, under the component's name in the database. */
  public Migrations(Class<?> place, String component) {
    this.place = place;
    this.component = component;
  }

  /**
   * Applies the scripts that are newer than the database.
   *
   * @throws SQLException also where the database is newer than this library
   */
  public void apply(Database database) throws SQLException {
    Dialect dialect = database.dialect();
    try (Connection lock = database.connect();
        Connection work = database.connect()) {
      makeTable(work, dialect.translate(TABLE));
      addRow(work);
      int version = lockedVersion(lock);
      int known = 0;
      for (String script = script(1); !script.isEmpty(); script = script(known + 1)) {
        known++;
        if (known > version) {
          for (String statement : statements(script)) {
            execute(work, dialect.translate(statement));
          }
          setVersion(lock, known);
        }
      }
      lock.commit();
      if (version > known) {
        throw new SQLException(
            "The tables of %s are of version %d, and this release knows %d; use a newer release."
                .formatted(component, version, known));
      }
    }
  }

  /**
   * PostgreSQL lets those that make one table at once collide, whatever IF NOT EXISTS says, and in
   * several ways (a key twice, a relation or a type that exists), so what failed is tried again.
   */
  private static void makeTable(Connection connection, String statement) throws SQLException {
    try {
      execute(connection, statement);
    } catch (SQLException first) {
      try {
        execute(connection, statement);
      } catch (SQLException second) {
        second.addSuppressed(first);
        throw second;
      }
    }
  }

  private static void execute(Connection connection, String statement) throws SQLException {
    try (Statement run = connection.createStatement()) {
      run.execute(statement);
      connection.commit();
    } catch (SQLException e) {
      connection.rollback();
      throw e;
    }
  }

  private void addRow(Connection connection) throws SQLException {
    String insert = "INSERT INTO diskmap_schema (component, version) VALUES (?, 0)";
    try (PreparedStatement look =
        connection.prepareStatement("SELECT 1 FROM diskmap_schema WHERE component = ?")) {
      look.setString(1, component);
      try (ResultSet rows = look.executeQuery()) {
        if (rows.next()) {
          return;
        }
      }
    }
    try (PreparedStatement add = connection.prepareStatement(insert)) {
      add.setString(1, component);
      add.executeUpdate();
      connection.commit();
    } catch (SQLException e) {
      connection.rollback();
      if (e.getSQLState() == null || !e.getSQLState().startsWith("23")) {
        throw e;
      }
    }
  }

  private int lockedVersion(Connection lock) throws SQLException {
    try (PreparedStatement look =
        lock.prepareStatement(
            "SELECT version FROM diskmap_schema WHERE component = ? FOR UPDATE")) {
      look.setString(1, component);
      try (ResultSet rows = look.executeQuery()) {
        rows.next();
        return rows.getInt(1);
      }
    }
  }

  private void setVersion(Connection lock, int version) throws SQLException {
    try (PreparedStatement set =
        lock.prepareStatement("UPDATE diskmap_schema SET version = ? WHERE component = ?")) {
      set.setInt(1, version);
      set.setString(2, component);
      set.executeUpdate();
    }
  }

  private String script(int version) {
    try (InputStream in = place.getResourceAsStream("schema-" + version + ".sql")) {
      return in == null ? "" : new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("schema-" + version + ".sql cannot be read", e);
    }
  }

  private static List<String> statements(String script) {
    List<String> statements = new ArrayList<>();
    for (String part : script.split(";[ \\t]*(\\r?\\n|$)")) {
      String statement = part.replaceAll("(?m)^\\s*--.*$", "").strip();
      if (!statement.isEmpty()) {
        statements.add(statement);
      }
    }
    return statements;
  }
}
