package io.diskmap.catalog;

import io.diskmap.Usage;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Tasks, in the table {@code catalog_task}. Stateless; each call is part of its caller's
 * transaction.
 */
final class TaskTable {
  private TaskTable() {}

  /** The task of this id, whoever's and in whatever state, locked until the transaction ends. */
  static Optional<TaskRow> lock(Connection connection, String taskId) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT " + TaskRow.COLUMNS + " FROM catalog_task WHERE task_id = ? FOR UPDATE")) {
      select.setString(1, taskId);
      return one(select);
    }
  }

  /** The user's complete task of this id. */
  static Optional<TaskRow> find(Connection connection, String userId, String taskId)
      throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT "
                + TaskRow.COLUMNS
                + " FROM catalog_task WHERE task_id = ? AND user_id = ? AND state = 'complete'")) {
      select.setString(1, taskId);
      select.setString(2, userId);
      return one(select);
    }
  }

  private static Optional<TaskRow> one(PreparedStatement select) throws SQLException {
    try (ResultSet rows = select.executeQuery()) {
      return rows.next() ? Optional.of(TaskRow.read(rows)) : Optional.empty();
    }
  }

  /** One page of complete tasks; one more than the limit where there are more. */
  static List<TaskRow> page(Connection connection, Optional<String> userId, TaskQuery query)
      throws SQLException {
    List<Object> values = new ArrayList<>();
    String where = conditions(userId, query, values);
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT "
                + TaskRow.COLUMNS
                + " FROM catalog_task t WHERE state = 'complete'"
                + where
                + " ORDER BY submitted_at DESC, task_id DESC LIMIT ?")) {
      values.add(query.limit() + 1);
      for (int i = 0; i < values.size(); i++) {
        select.setObject(i + 1, values.get(i));
      }
      try (ResultSet rows = select.executeQuery()) {
        List<TaskRow> page = new ArrayList<>();
        while (rows.next()) {
          page.add(TaskRow.read(rows));
        }
        return page;
      }
    }
  }

  private static String conditions(Optional<String> userId, TaskQuery query, List<Object> values) {
    StringBuilder where = new StringBuilder();
    and(where, values, " AND user_id = ?", userId);
    and(where, values, " AND task_id = ?", query.taskId());
    and(where, values, " AND task_name = ?", query.taskName());
    and(where, values, " AND submitted_at >= ?", query.from().map(Instant::toEpochMilli));
    and(where, values, " AND submitted_at < ?", query.until().map(Instant::toEpochMilli));
    and(
        where,
        values,
        " AND EXISTS (SELECT 1 FROM catalog_file f WHERE f.task_id = t.task_id AND f.name = ?)",
        query.fileName());
    query
        .cursor()
        .map(PageCursor::parse)
        .ifPresent(
            cursor -> {
              where.append(" AND (submitted_at < ? OR (submitted_at = ? AND task_id < ?))");
              values.add(cursor.submittedAt());
              values.add(cursor.submittedAt());
              values.add(cursor.taskId());
            });
    return where.toString();
  }

  private static void and(
      StringBuilder where, List<Object> values, String condition, Optional<?> value) {
    if (value.isPresent()) {
      where.append(condition);
      values.add(value.get());
    }
  }

  static void insert(
      Connection connection,
      TaskIdentity task,
      String storagePath,
      Usage usage,
      String holder,
      long now,
      long heldUntil)
      throws SQLException {
    try (PreparedStatement insert =
        connection.prepareStatement(
            "INSERT INTO catalog_task (task_id, user_id, task_name, submitted_at, storage_path,"
                + " state, files, bytes, begun_at, holder, held_until)"
                + " VALUES (?, ?, ?, ?, ?, 'collecting', ?, ?, ?, ?, ?)")) {
      insert.setString(1, task.taskId());
      insert.setString(2, task.userId());
      insert.setString(3, task.taskName());
      insert.setLong(4, task.submittedAt().toEpochMilli());
      insert.setString(5, storagePath);
      insert.setLong(6, usage.files());
      insert.setLong(7, usage.bytes());
      insert.setLong(8, now);
      insert.setString(9, holder);
      insert.setLong(10, heldUntil);
      insert.executeUpdate();
    }
  }

  /** Gives a locked task to another holder, with what it has now. */
  static void takeOver(
      Connection connection, String taskId, Usage usage, String holder, long heldUntil)
      throws SQLException {
    try (PreparedStatement update =
        connection.prepareStatement(
            "UPDATE catalog_task SET files = ?, bytes = ?, holder = ?, held_until = ?"
                + " WHERE task_id = ?")) {
      update.setLong(1, usage.files());
      update.setLong(2, usage.bytes());
      update.setString(3, holder);
      update.setLong(4, heldUntil);
      update.setString(5, taskId);
      update.executeUpdate();
    }
  }

  /** Holds a task longer, or until now; false where somebody else has it. */
  static boolean hold(Connection connection, String taskId, String holder, long heldUntil)
      throws SQLException {
    try (PreparedStatement update =
        connection.prepareStatement(
            "UPDATE catalog_task SET held_until = ?"
                + " WHERE task_id = ? AND holder = ? AND state = 'collecting'")) {
      update.setLong(1, heldUntil);
      update.setString(2, taskId);
      update.setString(3, holder);
      return update.executeUpdate() == 1;
    }
  }

  /** Shows a task; false where somebody else has it. */
  static boolean complete(Connection connection, String taskId, String holder, Instant now)
      throws SQLException {
    try (PreparedStatement update =
        connection.prepareStatement(
            "UPDATE catalog_task SET state = 'complete', completed_at = ?, holder = NULL"
                + " WHERE task_id = ? AND holder = ? AND state = 'collecting'")) {
      update.setLong(1, now.toEpochMilli());
      update.setString(2, taskId);
      update.setString(3, holder);
      return update.executeUpdate() == 1;
    }
  }

  /** Hides a locked task because its files are about to go. */
  static void startDeleting(Connection connection, String taskId, long now) throws SQLException {
    try (PreparedStatement update =
        connection.prepareStatement(
            "UPDATE catalog_task SET state = 'deleting', holder = NULL, held_until = ?"
                + " WHERE task_id = ?")) {
      update.setLong(1, now);
      update.setString(2, taskId);
      update.executeUpdate();
    }
  }

  static void delete(Connection connection, String taskId) throws SQLException {
    try (PreparedStatement delete =
        connection.prepareStatement("DELETE FROM catalog_task WHERE task_id = ?")) {
      delete.setString(1, taskId);
      delete.executeUpdate();
    }
  }

  /** The tasks that nobody goes on with since this time, and those whose delete was cut off. */
  static List<TaskRow> abandoned(Connection connection, long heldBefore) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT "
                + TaskRow.COLUMNS
                + " FROM catalog_task WHERE (state = 'collecting' OR state = 'deleting')"
                + " AND held_until < ? ORDER BY held_until LIMIT 1000")) {
      select.setLong(1, heldBefore);
      try (ResultSet rows = select.executeQuery()) {
        List<TaskRow> found = new ArrayList<>();
        while (rows.next()) {
          found.add(TaskRow.read(rows));
        }
        return found;
      }
    }
  }
}
