package io.diskmap.catalog;

import java.time.Instant;
import java.util.Optional;

/**
 * Which tasks are asked for; all that is given must hold. The latest come first.
 *
 * <p>Immutable.
 *
 * @param taskId the task of this id
 * @param taskName tasks of this name
 * @param fileName tasks that left a file of this name, in whatever directory
 * @param from tasks submitted at this instant or later
 * @param until tasks submitted before this instant
 * @param limit how many a page has at most
 * @param cursor where an earlier page ended
 */
public record TaskQuery(
    Optional<String> taskId,
    Optional<String> taskName,
    Optional<String> fileName,
    Optional<Instant> from,
    Optional<Instant> until,
    int limit,
    Optional<String> cursor) {
  /** The most tasks or files that one page has. */
  public static final int MAX_LIMIT = 1000;

  private static final TaskQuery ALL =
      new TaskQuery(
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          100,
          Optional.empty());

  public TaskQuery {
    if (limit < 1 || limit > MAX_LIMIT) {
      throw new IllegalArgumentException("a page has 1 to " + MAX_LIMIT + " entries");
    }
    cursor.ifPresent(PageCursor::parse);
  }

  /** Every task, a hundred a page. */
  public static TaskQuery all() {
    return ALL;
  }

  /** The same for the task of this id. */
  public TaskQuery withTaskId(String value) {
    return new TaskQuery(Optional.of(value), taskName, fileName, from, until, limit, cursor);
  }

  /** The same for tasks of this name. */
  public TaskQuery withTaskName(String value) {
    return new TaskQuery(taskId, Optional.of(value), fileName, from, until, limit, cursor);
  }

  /** The same for tasks that left a file of this name. */
  public TaskQuery withFileName(String value) {
    return new TaskQuery(taskId, taskName, Optional.of(value), from, until, limit, cursor);
  }

  /** The same for tasks that were submitted then or later. */
  public TaskQuery withFrom(Instant value) {
    return new TaskQuery(taskId, taskName, fileName, Optional.of(value), until, limit, cursor);
  }

  /** The same for tasks that were submitted before. */
  public TaskQuery withUntil(Instant value) {
    return new TaskQuery(taskId, taskName, fileName, from, Optional.of(value), limit, cursor);
  }

  /** The same with pages of this size. */
  public TaskQuery withLimit(int value) {
    return new TaskQuery(taskId, taskName, fileName, from, until, value, cursor);
  }

  /** The same, from where a page ended. */
  public TaskQuery withCursor(String value) {
    return new TaskQuery(taskId, taskName, fileName, from, until, limit, Optional.of(value));
  }
}
