package io.diskmap.audit.jdbc;

import io.diskmap.AuditAction;
import io.diskmap.AuditQuery;
import io.diskmap.AuditQuery.Order;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** The conditions of a query as SQL with its values apart. Not for use by several threads. */
final class Conditions {
  private final List<String> parts = new ArrayList<>();
  private final List<Object> values = new ArrayList<>();

  private Conditions() {}

  static Conditions of(AuditQuery query) {
    Conditions conditions = new Conditions();
    query.user().ifPresent(user -> conditions.add("audit_user = ?", user));
    query.disk().ifPresent(disk -> conditions.add("disk = ?", disk));
    query.path().ifPresent(path -> conditions.add("file_path = ?", path));
    query
        .prefix()
        .filter(prefix -> !prefix.isEmpty())
        .ifPresent(
            prefix -> {
              conditions.add("(file_path = ? OR (file_path >= ? AND file_path < ?))", prefix);
              conditions.values.add(prefix + "/");
              conditions.values.add(prefix + "0");
            });
    query.action().map(AuditAction::label).ifPresent(a -> conditions.add("action = ?", a));
    query.outcome().map(Enums::name).ifPresent(o -> conditions.add("outcome = ?", o));
    query.requestId().ifPresent(id -> conditions.add("request_id = ?", id));
    query.from().map(Facts::micros).ifPresent(t -> conditions.add("stream_start >= ?", t));
    query.until().map(Facts::micros).ifPresent(t -> conditions.add("stream_start < ?", t));
    return conditions;
  }

  private void add(String part, Object value) {
    parts.add(part);
    values.add(value);
  }

  /** What names the place of a record in any order. */
  static String token(ChainEntry entry) {
    return entry.facts().streamStart()
        + "."
        + ChainEntry.name(entry.writer())
        + "."
        + entry.sequence();
  }

  /** Only what comes after the place that a token names. */
  void after(String token, Order order) {
    String[] place = token.split("\\.", 3);
    if (place.length != 3) {
      throw new IllegalArgumentException("the token is not one that a page gave");
    }
    long start;
    long writer;
    long sequence;
    try {
      start = Long.parseLong(place[0]);
      writer = ChainEntry.writer(place[1]);
      sequence = Long.parseLong(place[2]);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("the token is not one that a page gave", e);
    }
    String than = order == Order.NEWEST_FIRST ? "<" : ">";
    add(
        "stream_start %1$s= ? AND (stream_start %1$s ? OR writer %1$s ? OR (writer = ? AND seq %1$s ?))"
            .formatted(than),
        start);
    values.addAll(List.of(start, writer, writer, sequence));
  }

  /** The clause with its word, or nothing. */
  String where() {
    return parts.isEmpty() ? "" : " WHERE " + String.join(" AND ", parts);
  }

  void bind(PreparedStatement statement) throws SQLException {
    for (int i = 0; i < values.size(); i++) {
      if (values.get(i) instanceof Long number) {
        statement.setLong(i + 1, number);
      } else {
        statement.setString(i + 1, values.get(i).toString());
      }
    }
  }
}
