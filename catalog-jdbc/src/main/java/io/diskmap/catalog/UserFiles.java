package io.diskmap.catalog;

import io.diskmap.CallContext;
import io.diskmap.DeleteReport;
import io.diskmap.Download;
import io.diskmap.DownloadOptions;
import io.diskmap.ErrorKind;
import io.diskmap.Storage;
import io.diskmap.StorageException;
import io.diskmap.StoragePath;
import io.diskmap.Usage;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The tasks of one user, and nothing else.
 *
 * <p>Thread-safe. Every question to the database names the user, and every file is opened below the
 * user's own prefix, which is computed and never read from a record: no id, path or record leads to
 * somebody else's files. What is another user's is NOT_FOUND, like what does not exist.
 */
public final class UserFiles {
  private final TaskFiles catalogue;
  private final String userId;
  private final Storage home;

  UserFiles(TaskFiles catalogue, String userId, Storage home) {
    this.catalogue = catalogue;
    this.userId = userId;
    this.home = home;
  }

  /** Whose tasks these are. */
  public String userId() {
    return userId;
  }

  /** The same, for calls that belong to this request; the user stays. */
  public UserFiles with(CallContext context) {
    return new UserFiles(catalogue, userId, home.with(context.withUser(userId)));
  }

  /** One page of the user's tasks. */
  public TaskPage tasks(TaskQuery query) throws StorageException {
    return catalogue.page(Optional.of(userId), query);
  }

  /** A task; NOT_FOUND where the user has none of this id. */
  public TaskRecord task(String taskId) throws StorageException {
    return catalogue.task(userId, taskId).record();
  }

  /** The files of a task from this number on, in the order of their paths. */
  public FilePage files(String taskId, int from, int limit) throws StorageException {
    if (from < 0 || limit < 1 || limit > TaskQuery.MAX_LIMIT) {
      throw new IllegalArgumentException("a page begins at 0 or later and has 1 to 1000 files");
    }
    TaskRow task = catalogue.task(userId, taskId);
    List<TaskFile> files = catalogue.files(task, from, limit);
    boolean more = files.size() > limit;
    return new FilePage(
        task.record(),
        more ? files.subList(0, limit) : files,
        more ? OptionalInt.of(from + limit) : OptionalInt.empty());
  }

  /** One file of a task; NOT_FOUND where the task has none of this path. */
  public TaskFile file(String taskId, String path) throws StorageException {
    return catalogue
        .file(catalogue.task(userId, taskId), path)
        .orElseThrow(() -> StorageException.of(ErrorKind.NOT_FOUND, "The task has no such file."));
  }

  /** Opens a file of a task; the caller closes the stream. */
  public Download open(String taskId, String path, DownloadOptions options)
      throws StorageException {
    return home.download(place(taskId, path).value(), options);
  }

  /** What takes a file from the user's own storage. */
  @FunctionalInterface
  public interface Taker {
    /** Takes the file of this path below the storage's root. */
    void take(Storage storage, StoragePath path) throws IOException;
  }

  /** Hands a file of a task to a taker that sends it elsewhere, such as an HTTP answer. */
  public void send(String taskId, String path, Taker taker) throws IOException {
    taker.take(home, place(taskId, path));
  }

  private StoragePath place(String taskId, String path) throws StorageException {
    TaskRow task = catalogue.task(userId, taskId);
    TaskFile file = file(taskId, path);
    return task.identity().belowHome().resolve(StoragePath.of(file.path()));
  }

  /**
   * Deletes a task with its files. It is hidden at once; where files could not be deleted, a repeat
   * or the sweep finishes the job.
   */
  public DeleteReport delete(String taskId) throws StorageException {
    return catalogue.delete(userId, taskId, home);
  }

  /** What the user's tasks hold, those on their way too. */
  public Usage usage() throws StorageException {
    return catalogue.account(userId).used();
  }

  /** What they may hold. */
  public Quota quota() throws StorageException {
    return catalogue.account(userId).own().orElse(catalogue.quota());
  }
}
