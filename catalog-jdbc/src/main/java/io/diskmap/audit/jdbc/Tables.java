package io.diskmap.audit.jdbc;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** The statements on the tables of chains. Any thread may use it, with a connection of its own. */
final class Tables {
  private static final String INTENTS = "audit_intent";
  private static final String RECORDS = "audit_record";
  private static final String WRITER_COLUMNS =
      "writer, label, server_role, started_at, first_seq, first_prev, head_seq, head_hash,"
          + " open_from, closed_by, witnessed_by";

  private Tables() {}

  /** Adds links that follow each other; the head has to be moved in the same transaction. */
  static void insert(Connection connection, List<ChainEntry> entries) throws SQLException {
    insert(connection, INTENTS, entries.stream().filter(e -> !e.phase().isRecord()).toList());
    insert(connection, RECORDS, entries.stream().filter(e -> e.phase().isRecord()).toList());
  }

  private static void insert(Connection connection, String table, List<ChainEntry> entries)
      throws SQLException {
    if (entries.isEmpty()) {
      return;
    }
    try (PreparedStatement insert = connection.prepareStatement(Columns.insert(table))) {
      for (ChainEntry entry : entries) {
        Columns.bind(insert, entry);
        insert.addBatch();
      }
      insert.executeBatch();
    }
  }

  /** Begins the chain of a writer. */
  static void addWriter(Connection connection, WriterRow row) throws SQLException {
    try (PreparedStatement insert =
        connection.prepareStatement(
            "INSERT INTO audit_writer ("
                + WRITER_COLUMNS
                + ") VALUES (?,?,?,?,?,?,?,?,?,NULL,NULL)")) {
      insert.setLong(1, row.writer());
      insert.setString(2, row.label());
      insert.setString(3, row.role());
      insert.setLong(4, row.startedAt());
      insert.setLong(5, row.firstSequence());
      insert.setBytes(6, row.firstPrevious());
      insert.setLong(7, row.headSequence());
      insert.setBytes(8, row.headHash());
      insert.setLong(9, row.openFrom());
      insert.executeUpdate();
    }
  }

  /** Moves the head of a chain from where it is expected to its new last link. */
  static void moveHead(Connection connection, long expected, ChainEntry last, long openFrom)
      throws SQLException {
    try (PreparedStatement update =
        connection.prepareStatement(
            "UPDATE audit_writer SET head_seq = ?, head_hash = ?, open_from = ?, closed_by = NULL"
                + " WHERE writer = ? AND head_seq = ?")) {
      update.setLong(1, last.sequence());
      update.setBytes(2, last.hash());
      update.setLong(3, openFrom);
      update.setLong(4, last.writer());
      update.setLong(5, expected);
      if (update.executeUpdate() != 1) {
        throw new SQLException(
            "The chain of writer %s does not end at %d as it should; run diskmap audit verify."
                .formatted(ChainEntry.name(last.writer()), expected));
      }
    }
  }

  /** Whether an operation has its record, in whatever chain: one that ended for another can die. */
  static boolean hasEnded(Connection connection, Facts intent) throws SQLException {
    try (PreparedStatement query =
        connection.prepareStatement(
            "SELECT 1 FROM audit_record WHERE file_path = ? AND stream_start = ? AND event_id = ?")) {
      query.setString(1, intent.filePath());
      query.setLong(2, intent.streamStart());
      query.setString(3, intent.eventId());
      try (ResultSet rows = query.executeQuery()) {
        return rows.next();
      }
    }
  }

  /** Notes that the open intents of a writer are closed by this one. */
  static void close(Connection connection, long writer, long by) throws SQLException {
    try (PreparedStatement update =
        connection.prepareStatement("UPDATE audit_writer SET closed_by = ? WHERE writer = ?")) {
      update.setLong(1, by);
      update.setLong(2, writer);
      update.executeUpdate();
    }
  }

  /** Notes that the last link of a writer that has ended stands in the chain of this one. */
  static void witness(Connection connection, long writer, long by) throws SQLException {
    try (PreparedStatement update =
        connection.prepareStatement("UPDATE audit_writer SET witnessed_by = ? WHERE writer = ?")) {
      update.setLong(1, by);
      update.setLong(2, writer);
      update.executeUpdate();
    }
  }

  /** Notes where a chain begins after a removal. */
  static void moveStart(Connection connection, long writer, long first, byte[] previous)
      throws SQLException {
    try (PreparedStatement update =
        connection.prepareStatement(
            "UPDATE audit_writer SET first_seq = ?, first_prev = ? WHERE writer = ?")) {
      update.setLong(1, first);
      update.setBytes(2, previous);
      update.setLong(3, writer);
      update.executeUpdate();
    }
  }

  static void removeWriter(Connection connection, long writer) throws SQLException {
    for (String table : List.of("audit_writer", "audit_lease")) {
      try (PreparedStatement delete =
          connection.prepareStatement("DELETE FROM " + table + " WHERE writer = ?")) {
        delete.setLong(1, writer);
        delete.executeUpdate();
      }
    }
  }

  /** Removes the links of a writer from one number to another, both removed too. */
  static void remove(Connection connection, long writer, long from, long to) throws SQLException {
    for (String table : List.of(INTENTS, RECORDS)) {
      try (PreparedStatement delete =
          connection.prepareStatement(
              "DELETE FROM " + table + " WHERE writer = ? AND seq BETWEEN ? AND ?")) {
        delete.setLong(1, writer);
        delete.setLong(2, from);
        delete.setLong(3, to);
        delete.executeUpdate();
      }
    }
  }

  /** Every writer, in the order of their starts. */
  static List<WriterRow> writers(Connection connection) throws SQLException {
    String select = "SELECT " + WRITER_COLUMNS + " FROM audit_writer ORDER BY started_at, writer";
    List<WriterRow> found = new ArrayList<>();
    try (PreparedStatement query = connection.prepareStatement(select);
        ResultSet rows = query.executeQuery()) {
      while (rows.next()) {
        found.add(writer(rows));
      }
    }
    return found;
  }

  static Optional<WriterRow> writer(Connection connection, long writer) throws SQLException {
    String select = "SELECT " + WRITER_COLUMNS + " FROM audit_writer WHERE writer = ?";
    try (PreparedStatement query = connection.prepareStatement(select)) {
      query.setLong(1, writer);
      try (ResultSet rows = query.executeQuery()) {
        return rows.next() ? Optional.of(writer(rows)) : Optional.empty();
      }
    }
  }

  private static WriterRow writer(ResultSet rows) throws SQLException {
    return new WriterRow(
        rows.getLong(1),
        rows.getString(2),
        rows.getString(3),
        rows.getLong(4),
        rows.getLong(5),
        rows.getBytes(6),
        rows.getLong(7),
        rows.getBytes(8),
        rows.getLong(9),
        optional(rows, 10),
        optional(rows, 11));
  }

  private static Optional<Long> optional(ResultSet rows, int column) throws SQLException {
    long value = rows.getLong(column);
    return rows.wasNull() ? Optional.empty() : Optional.of(value);
  }

  /** The links of a writer between two numbers, both among them, in their order. */
  static List<ChainEntry> window(Connection connection, long writer, long from, long to)
      throws SQLException {
    List<ChainEntry> found = new ArrayList<>();
    for (String table : List.of(INTENTS, RECORDS)) {
      try (PreparedStatement query =
          connection.prepareStatement(
              Columns.select(table) + " WHERE writer = ? AND seq BETWEEN ? AND ? ORDER BY seq")) {
        query.setLong(1, writer);
        query.setLong(2, from);
        query.setLong(3, to);
        query.setFetchSize(2000);
        try (ResultSet rows = query.executeQuery()) {
          while (rows.next()) {
            found.add(Columns.read(rows));
          }
        }
      }
    }
    found.sort(Comparator.comparingLong(ChainEntry::sequence));
    return found;
  }

  /**
   * Links outside of the ends of their chain. Immutable.
   *
   * @param writer whose chain
   * @param sequence the first of them
   * @param what a sentence
   */
  record Stray(long writer, long sequence, String what) {}

  /** Where links lie outside of what the table of writers says. */
  static List<Stray> strays(Connection connection) throws SQLException {
    List<Stray> found = new ArrayList<>();
    for (String table : List.of(INTENTS, RECORDS)) {
      String select =
          "SELECT s.writer, s.low, w.first_seq, w.head_seq FROM (SELECT writer, MIN(seq) AS low,"
              + " MAX(seq) AS high FROM "
              + table
              + " GROUP BY writer) s LEFT JOIN audit_writer w ON w.writer = s.writer"
              + " WHERE w.writer IS NULL OR s.low < w.first_seq OR s.high > w.head_seq";
      try (PreparedStatement query = connection.prepareStatement(select);
          ResultSet rows = query.executeQuery()) {
        while (rows.next()) {
          found.add(stray(rows));
        }
      }
    }
    return found;
  }

  private static Stray stray(ResultSet rows) throws SQLException {
    long writer = rows.getLong(1);
    long low = rows.getLong(2);
    Optional<Long> first = optional(rows, 3);
    if (first.isEmpty()) {
      return new Stray(writer, low, "The chain has records and no anchor");
    }
    return low < first.get()
        ? new Stray(writer, low, "The record lies before the beginning of the chain")
        : new Stray(writer, rows.getLong(4) + 1, "Records lie behind the end of the chain");
  }
}
