package io.diskmap.audit.jdbc;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import org.jspecify.annotations.Nullable;

/** The columns of both tables of links, in one order. Any thread may use it. */
final class Columns {
  private static final String NAMES =
      "writer, seq, phase, event_id, action, outcome, error_kind, audit_user, cohort, disk,"
          + " file_path, file_type, file_size, server_role, stream_start, stream_complete,"
          + " bytes_transferred, cleanup_scheduled_for, request_id, key_id, remote_address,"
          + " sha256, metadata, hash";
  private static final String VALUES = "?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?";

  private Columns() {}

  static String insert(String table) {
    return "INSERT INTO " + table + " (" + NAMES + ") VALUES (" + VALUES + ")";
  }

  /** A query of all columns, up to its conditions. */
  static String select(String table) {
    return "SELECT " + NAMES + " FROM " + table;
  }

  static void bind(PreparedStatement to, ChainEntry entry) throws SQLException {
    Facts facts = entry.facts();
    to.setLong(1, entry.writer());
    to.setLong(2, entry.sequence());
    to.setInt(3, entry.phase().ordinal());
    to.setString(4, facts.eventId());
    to.setString(5, facts.action());
    to.setString(6, facts.outcome());
    to.setString(7, facts.errorKind());
    to.setString(8, facts.user());
    to.setString(9, facts.cohort());
    to.setString(10, facts.disk());
    to.setString(11, facts.filePath());
    to.setString(12, facts.fileType());
    number(to, 13, facts.fileSize());
    to.setString(14, facts.serverRole());
    to.setLong(15, facts.streamStart());
    number(to, 16, facts.streamComplete());
    to.setLong(17, facts.bytesTransferred());
    number(to, 18, facts.cleanupScheduledFor());
    to.setString(19, facts.requestId());
    to.setString(20, facts.keyId());
    to.setString(21, facts.remoteAddress());
    to.setString(22, facts.sha256());
    to.setString(23, facts.metadata());
    to.setBytes(24, entry.hash());
  }

  static ChainEntry read(ResultSet row) throws SQLException {
    Facts facts =
        new Facts(
            row.getString(4),
            row.getString(5),
            row.getString(6),
            row.getString(7),
            row.getString(8),
            row.getString(9),
            row.getString(10),
            row.getString(11),
            row.getString(12),
            number(row, 13),
            row.getString(14),
            row.getLong(15),
            number(row, 16),
            row.getLong(17),
            number(row, 18),
            row.getString(19),
            row.getString(20),
            row.getString(21),
            row.getString(22),
            row.getString(23));
    return new ChainEntry(
        row.getLong(1),
        row.getLong(2),
        ChainEntry.Phase.of(row.getInt(3)),
        facts,
        row.getBytes(24));
  }

  private static void number(PreparedStatement to, int column, @Nullable Long value)
      throws SQLException {
    if (value == null) {
      to.setNull(column, Types.BIGINT);
    } else {
      to.setLong(column, value);
    }
  }

  private static @Nullable Long number(ResultSet row, int column) throws SQLException {
    long value = row.getLong(column);
    return row.wasNull() ? null : value;
  }
}
