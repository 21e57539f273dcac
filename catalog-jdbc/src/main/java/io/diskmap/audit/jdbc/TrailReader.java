package io.diskmap.audit.jdbc;

import io.diskmap.AuditDay;
import io.diskmap.AuditEvent;
import io.diskmap.AuditPage;
import io.diskmap.AuditQuery;
import io.diskmap.AuditQuery.Order;
import io.diskmap.AuditRecord;
import io.diskmap.AuditTrail;
import io.diskmap.jdbc.internal.Database;
import java.io.IOException;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Reads what ended out of the database. Thread-safe. */
final class TrailReader implements AuditTrail {
  private static final String TABLE = "audit_record";
  private static final long DAY_MICROS = TimeUnit.DAYS.toMicros(1);

  private final Databases databases;
  private final Flush flush;

  /** Gives the database. */
  @FunctionalInterface
  interface Databases {
    Database get() throws IOException;
  }

  /** Makes what was told before readable. */
  @FunctionalInterface
  interface Flush {
    void run() throws IOException;
  }

  TrailReader(Databases databases, Flush flush) {
    this.databases = databases;
    this.flush = flush;
  }

  @Override
  public AuditPage page(AuditQuery query) throws IOException {
    flush.run();
    Conditions conditions = Conditions.of(query);
    query.after().ifPresent(token -> conditions.after(token, query.order()));
    String direction = query.order() == Order.NEWEST_FIRST ? " DESC" : "";
    String select =
        Columns.select(TABLE)
            + conditions.where()
            + " ORDER BY stream_start%1$s, writer%1$s, seq%1$s LIMIT ".formatted(direction)
            + (query.limit() + 1);
    try {
      return databases
          .get()
          .call(
              connection -> {
                try (PreparedStatement statement = connection.prepareStatement(select)) {
                  conditions.bind(statement);
                  statement.setFetchSize(query.limit() + 1);
                  try (ResultSet rows = statement.executeQuery()) {
                    return page(rows, query.limit());
                  }
                }
              });
    } catch (SQLException e) {
      throw new IOException("The audit store does not answer: " + Sentences.of(e), e);
    }
  }

  private static AuditPage page(ResultSet rows, int limit) throws SQLException {
    List<AuditRecord> records = new ArrayList<>();
    Optional<String> next = Optional.empty();
    ChainEntry last = null;
    while (rows.next()) {
      if (records.size() == limit && last != null) {
        next = Optional.of(Conditions.token(last));
        break;
      }
      last = Columns.read(rows);
      records.add(record(last));
    }
    return new AuditPage(records, next);
  }

  static AuditRecord record(ChainEntry entry) {
    return new AuditRecord(
        ChainEntry.name(entry.writer()),
        entry.sequence(),
        HexFormat.of().formatHex(entry.hash()),
        entry.facts().toEvent());
  }

  @Override
  public List<AuditDay> days(AuditQuery query) throws IOException {
    flush.run();
    Conditions conditions = Conditions.of(query);
    String day = "stream_start - MOD(stream_start, " + DAY_MICROS + ")";
    String select =
        "SELECT "
            + day
            + " AS d, action, outcome, COUNT(*), SUM(bytes_transferred) FROM "
            + TABLE
            + conditions.where()
            + " GROUP BY "
            + day
            + ", action, outcome ORDER BY d DESC, action, outcome";
    try {
      return databases
          .get()
          .call(
              connection -> {
                try (PreparedStatement statement = connection.prepareStatement(select)) {
                  conditions.bind(statement);
                  try (ResultSet rows = statement.executeQuery()) {
                    return days(rows);
                  }
                }
              });
    } catch (SQLException e) {
      throw new IOException("The audit store does not answer: " + Sentences.of(e), e);
    }
  }

  private static List<AuditDay> days(ResultSet rows) throws SQLException {
    List<AuditDay> days = new ArrayList<>();
    while (rows.next()) {
      days.add(
          new AuditDay(
              LocalDate.ofEpochDay(rows.getLong(1) / DAY_MICROS),
              Enums.action(rows.getString(2)),
              Enums.value(AuditEvent.Outcome.class, rows.getString(3)),
              rows.getLong(4),
              rows.getLong(5)));
    }
    return days;
  }
}
