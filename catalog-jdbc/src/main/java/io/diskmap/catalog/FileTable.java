package io.diskmap.catalog;

import io.diskmap.Checksum;
import io.diskmap.ChecksumAlgorithm;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * The files of tasks, in the table {@code catalog_file}. Stateless; each call is part of its
 * caller's transaction.
 */
final class FileTable {
  private static final int BATCH = 500;

  private FileTable() {}

  static void insert(Connection connection, String taskId, List<CollectedFile> files)
      throws SQLException {
    try (PreparedStatement insert =
        connection.prepareStatement(
            "INSERT INTO catalog_file (task_id, file_no, path, name, size, crc32c, sha256)"
                + " VALUES (?, ?, ?, ?, ?, ?, ?)")) {
      int waiting = 0;
      for (CollectedFile file : files) {
        insert.setString(1, taskId);
        insert.setInt(2, file.number());
        insert.setString(3, file.path());
        insert.setString(4, file.name());
        insert.setLong(5, file.size());
        insert.setString(6, file.crc32c());
        insert.setString(7, file.sha256());
        insert.addBatch();
        waiting++;
        if (waiting == BATCH) {
          insert.executeBatch();
          waiting = 0;
        }
      }
      if (waiting > 0) {
        insert.executeBatch();
      }
    }
  }

  /** All files of a task on its way. */
  static List<CollectedFile> collected(Connection connection, String taskId) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT file_no, path, size, crc32c, sha256, upload_id, uploaded_at FROM catalog_file"
                + " WHERE task_id = ? ORDER BY file_no")) {
      select.setString(1, taskId);
      try (ResultSet rows = select.executeQuery()) {
        List<CollectedFile> files = new ArrayList<>();
        while (rows.next()) {
          boolean uploaded = rows.getObject(7) != null;
          files.add(
              new CollectedFile(
                  rows.getInt(1),
                  rows.getString(2),
                  rows.getLong(3),
                  rows.getString(4),
                  rows.getString(5),
                  Optional.ofNullable(rows.getString(6)),
                  uploaded));
        }
        return files;
      }
    }
  }

  /** One page of files from this number on; one more than the limit where there are more. */
  static List<TaskFile> page(Connection connection, TaskRow task, int from, int limit)
      throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT path, size, crc32c, sha256, uploaded_at FROM catalog_file"
                + " WHERE task_id = ? AND file_no >= ? ORDER BY file_no LIMIT ?")) {
      select.setString(1, task.identity().taskId());
      select.setInt(2, from);
      select.setInt(3, limit + 1);
      try (ResultSet rows = select.executeQuery()) {
        List<TaskFile> files = new ArrayList<>();
        while (rows.next()) {
          files.add(read(rows, task));
        }
        return files;
      }
    }
  }

  /** The file of this path. */
  static Optional<TaskFile> find(Connection connection, TaskRow task, String path)
      throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT path, size, crc32c, sha256, uploaded_at FROM catalog_file"
                + " WHERE task_id = ? AND path = ?")) {
      select.setString(1, task.identity().taskId());
      select.setString(2, path);
      try (ResultSet rows = select.executeQuery()) {
        return rows.next() ? Optional.of(read(rows, task)) : Optional.empty();
      }
    }
  }

  private static TaskFile read(ResultSet row, TaskRow task) throws SQLException {
    String path = row.getString(1);
    return new TaskFile(
        path,
        row.getLong(2),
        new Checksum(ChecksumAlgorithm.CRC32C, row.getString(3)),
        Checksum.sha256(row.getString(4)),
        task.storagePath() + "/" + path,
        Instant.ofEpochMilli(row.getLong(5)));
  }

  /** Notes the chunked save that goes on with a file; empty where there is none any more. */
  static void setUpload(Connection connection, String taskId, int number, Optional<String> upload)
      throws SQLException {
    try (PreparedStatement update =
        connection.prepareStatement(
            "UPDATE catalog_file SET upload_id = ? WHERE task_id = ? AND file_no = ?")) {
      update.setString(1, upload.orElse(null));
      update.setString(2, taskId);
      update.setInt(3, number);
      update.executeUpdate();
    }
  }

  /** Notes that files are there. */
  static void setUploaded(
      Connection connection, String taskId, Collection<Integer> numbers, Instant when)
      throws SQLException {
    try (PreparedStatement update =
        connection.prepareStatement(
            "UPDATE catalog_file SET uploaded_at = ?, upload_id = NULL"
                + " WHERE task_id = ? AND file_no = ?")) {
      for (int number : numbers) {
        update.setLong(1, when.toEpochMilli());
        update.setString(2, taskId);
        update.setInt(3, number);
        update.addBatch();
      }
      update.executeBatch();
    }
  }

  static void delete(Connection connection, String taskId) throws SQLException {
    try (PreparedStatement delete =
        connection.prepareStatement("DELETE FROM catalog_file WHERE task_id = ?")) {
      delete.setString(1, taskId);
      delete.executeUpdate();
    }
  }
}
