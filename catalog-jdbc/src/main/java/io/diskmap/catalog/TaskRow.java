package io.diskmap.catalog;

import io.diskmap.Usage;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/**
 * One row of the table {@code catalog_task}. Immutable.
 *
 * @param identity whose task, and which
 * @param storagePath the prefix of its files
 * @param state how far it is
 * @param usage its files and their bytes
 * @param collectedAt when it was complete
 * @param holder who collects it
 * @param heldUntil until when, in milliseconds
 */
record TaskRow(
    TaskIdentity identity,
    String storagePath,
    State state,
    Usage usage,
    Optional<Instant> collectedAt,
    Optional<String> holder,
    long heldUntil) {
  static final String COLUMNS =
      "task_id, user_id, task_name, submitted_at, storage_path, state, files, bytes, completed_at,"
          + " holder, held_until";

  /** How far a task is. */
  enum State {
    /** Its files are on their way; nobody sees it. */
    COLLECTING,
    /** All its files are there. */
    COMPLETE,
    /** Its files are being deleted; nobody sees it. */
    DELETING;

    String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  static TaskRow read(ResultSet row) throws SQLException {
    long completed = row.getLong(9);
    Optional<Instant> collectedAt =
        row.wasNull() ? Optional.empty() : Optional.of(Instant.ofEpochMilli(completed));
    return new TaskRow(
        new TaskIdentity(
            row.getString(2),
            row.getString(3),
            Instant.ofEpochMilli(row.getLong(4)),
            row.getString(1)),
        row.getString(5),
        State.valueOf(row.getString(6).toUpperCase(Locale.ROOT)),
        new Usage(row.getLong(7), row.getLong(8)),
        collectedAt,
        Optional.ofNullable(row.getString(10)),
        row.getLong(11));
  }

  TaskRecord record() {
    return new TaskRecord(
        identity.userId(),
        identity.taskId(),
        identity.taskName(),
        identity.submittedAt(),
        storagePath,
        usage.files(),
        usage.bytes(),
        collectedAt.orElse(Instant.EPOCH));
  }
}
