package io.diskmap.catalog;

import io.diskmap.ErrorKind;
import io.diskmap.StorageException;
import io.diskmap.StoragePath;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Locale;

/**
 * Whose task it is, and where its files are. Immutable.
 *
 * <p>Each part is one segment of the path, escaped where a segment cannot hold it, so that no id
 * leads to another user's files.
 *
 * @param userId whose it is
 * @param taskName what kind of task it was
 * @param submittedAt when it was submitted, to the second
 * @param taskId its id
 */
record TaskIdentity(String userId, String taskName, Instant submittedAt, String taskId) {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd_HH-mm-ss", Locale.ROOT).withZone(ZoneOffset.UTC);
  private static final int MAX_TASK_ID = 128;
  private static final int MAX_TEXT = 255;

  static TaskIdentity of(String userId, String taskName, Instant submittedAt, String taskId)
      throws StorageException {
    requireText("user id", userId, MAX_TEXT);
    requireText("task name", taskName, MAX_TEXT);
    requireText("task id", taskId, MAX_TASK_ID);
    TaskIdentity task =
        new TaskIdentity(userId, taskName, submittedAt.truncatedTo(ChronoUnit.SECONDS), taskId);
    task.path();
    return task;
  }

  static void requireText(String what, String text, int most) throws StorageException {
    boolean plain = text.codePoints().noneMatch(Character::isISOControl);
    if (text.isEmpty() || text.length() > most || !plain) {
      throw StorageException.of(
          ErrorKind.PATH_INVALID,
          "The %s has 1 to %d characters and no control characters.".formatted(what, most));
    }
  }

  /** The prefix of a user's files. */
  static StoragePath home(String userId) throws StorageException {
    return StoragePath.of(StoragePath.segment(userId));
  }

  /** The prefix of the task's files below the user's. */
  StoragePath belowHome() throws StorageException {
    return StoragePath.join(
        StoragePath.segment(taskName), TIME.format(submittedAt), StoragePath.segment(taskId));
  }

  /** The prefix of the task's files: user, name, time, id. */
  StoragePath path() throws StorageException {
    return home(userId).resolve(belowHome());
  }
}
