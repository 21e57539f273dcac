package io.diskmap.catalog;

import io.diskmap.ErrorKind;
import io.diskmap.StorageException;
import io.diskmap.Usage;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * A place in the catalogue for a task's files, taken in one transaction: the task's id, the user's
 * quota, and the lease. Immutable.
 *
 * @param done the task, where it is complete with these very files
 * @param files what is to be sent, with what was sent before
 * @param replaced whether an earlier try had other files, which are to be deleted first
 */
record Reservation(Optional<TaskRow> done, List<CollectedFile> files, boolean replaced) {
  /**
   * Who takes the place, and for how long.
   *
   * @param id a name of this one try
   * @param now in milliseconds
   * @param until the end of the lease, in milliseconds
   */
  record Holder(String id, long now, long until) {}

  static Reservation take(
      Connection connection,
      TaskIdentity task,
      List<CollectedFile> files,
      Quota byDefault,
      Holder holder)
      throws SQLException, StorageException {
    Usage usage = usageOf(files);
    UserTable.Account account = UserTable.lock(connection, task.userId());
    Optional<TaskRow> known = TaskTable.lock(connection, task.taskId());
    if (known.isEmpty()) {
      UserTable.charge(connection, task.userId(), account, byDefault, usage);
      TaskTable.insert(
          connection, task, task.path().value(), usage, holder.id(), holder.now(), holder.until());
      FileTable.insert(connection, task.taskId(), files);
      return new Reservation(Optional.empty(), files, false);
    }
    TaskRow row = known.get();
    requireSame(task, row);
    List<CollectedFile> before = FileTable.collected(connection, task.taskId());
    boolean same = isSame(before, files);
    return switch (row.state()) {
      case COMPLETE -> complete(row, same, files);
      case DELETING -> throw busy("The task is being deleted.", Duration.ofSeconds(1));
      case COLLECTING -> {
        requireFree(row, holder);
        if (!same) {
          UserTable.release(connection, task.userId(), row.usage());
          UserTable.Account now = UserTable.read(connection, task.userId());
          UserTable.charge(connection, task.userId(), now, byDefault, usage);
          FileTable.delete(connection, task.taskId());
          FileTable.insert(connection, task.taskId(), files);
        }
        TaskTable.takeOver(connection, task.taskId(), usage, holder.id(), holder.until());
        yield new Reservation(Optional.empty(), same ? before : files, !same);
      }
    };
  }

  /** The answer is the same whether the id is taken by this user or by another one. */
  private static void requireSame(TaskIdentity task, TaskRow row) throws StorageException {
    if (!row.identity().equals(task)) {
      throw taken();
    }
  }

  private static Reservation complete(TaskRow row, boolean same, List<CollectedFile> files)
      throws StorageException {
    if (!same) {
      throw taken();
    }
    return new Reservation(Optional.of(row), files, false);
  }

  private static void requireFree(TaskRow row, Holder holder) throws StorageException {
    long left = row.heldUntil() - holder.now();
    if (left > 0) {
      throw busy("Another collector is at work on this task.", Duration.ofMillis(left));
    }
  }

  private static boolean isSame(List<CollectedFile> before, List<CollectedFile> now) {
    if (before.size() != now.size()) {
      return false;
    }
    for (int i = 0; i < now.size(); i++) {
      if (!before.get(i).isSameAs(now.get(i))) {
        return false;
      }
    }
    return true;
  }

  private static Usage usageOf(List<CollectedFile> files) {
    return new Usage(files.size(), files.stream().mapToLong(CollectedFile::size).sum());
  }

  private static StorageException taken() {
    return StorageException.of(
        ErrorKind.ALREADY_EXISTS, "The task id is taken; a task is collected once.");
  }

  private static StorageException busy(String sentence, Duration retryAfter) {
    return StorageException.builder(ErrorKind.BUSY, sentence).retryAfter(retryAfter).build();
  }
}
