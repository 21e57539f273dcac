package io.diskmap.catalog;

import io.diskmap.CallContext;
import io.diskmap.DeleteOptions;
import io.diskmap.DeleteReport;
import io.diskmap.ErrorKind;
import io.diskmap.Storage;
import io.diskmap.StorageException;
import io.diskmap.jdbc.internal.Database;
import io.diskmap.jdbc.internal.EmbeddedStore;
import io.diskmap.jdbc.internal.Migrations;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The outputs of tasks: collected from a worker's directory onto a storage under {@code
 * <user>/<task name>/<time>/<task id>/}, recorded in a database, and given back to the user whose
 * they are.
 *
 * <p>Thread-safe; calls block. Several processes may use one database and one storage. The storage
 * stays the caller's to close, after this.
 */
public final class TaskFiles implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(TaskFiles.class);

  private final Database database;
  private final Storage storage;
  private final Clock clock;
  private final Quota quota;
  private final ExecutorService threads;
  private final TaskCollector collector;

  private TaskFiles(Builder builder, Database database) {
    this.database = database;
    this.storage = builder.storage;
    this.clock = builder.clock;
    this.quota = builder.quota;
    AtomicInteger number = new AtomicInteger();
    this.threads =
        Executors.newCachedThreadPool(
            task -> {
              Thread thread = new Thread(task, "diskmap-catalogue-" + number.incrementAndGet());
              thread.setDaemon(true);
              return thread;
            });
    this.collector =
        new TaskCollector(
            database, storage, clock, threads, builder.parallel, builder.lease, quota);
  }

  /** A builder for a catalogue of the files on this storage. */
  public static Builder on(Storage storage) {
    return new Builder(storage);
  }

  /**
   * Brings every regular file below a directory into the catalogue, whole or not at all.
   *
   * <p>Missing task: it appears when this returns, never earlier in part. Existing task: the same
   * one with the same files is answered again; any other under this id is ALREADY_EXISTS. After
   * failure, also a kill: nothing is shown, and a repeat, from whatever process, sends what is
   * missing. QUOTA_EXCEEDED before anything is sent; BUSY while another collector is at work on it.
   * Links are passed over. A file that changes meanwhile ends in SOURCE_FAILED.
   *
   * @param submittedAt when the user submitted the task; kept to the second
   * @param taskId unique among the tasks of all users
   */
  public TaskRecord collect(
      Path directory, String userId, String taskName, Instant submittedAt, String taskId)
      throws StorageException {
    return collector.collect(directory, TaskIdentity.of(userId, taskName, submittedAt, taskId));
  }

  /** The tasks of one user, who reaches no other whatever ids are asked for. */
  public UserFiles forUser(String userId) throws StorageException {
    TaskIdentity.requireText("user id", userId, 255);
    return new UserFiles(this, userId, storage.scoped(TaskIdentity.home(userId).value()));
  }

  /** The tasks of all users, for an operator. */
  public TaskPage tasks(TaskQuery query) throws StorageException {
    return page(Optional.empty(), query);
  }

  /** Gives a user a quota of their own; none lets the catalogue's hold again. */
  public void setQuota(String userId, @Nullable Quota own) throws StorageException {
    TaskIdentity.requireText("user id", userId, 255);
    Transactions.call(
        database,
        connection -> {
          UserTable.Account account = UserTable.lock(connection, userId);
          UserTable.setQuota(connection, userId, Optional.ofNullable(own));
          return account;
        });
  }

  /**
   * Ends what was cut off: deletes that did not finish, and tasks that nobody goes on to collect
   * for this long, whose files and share of the quota are given back.
   *
   * @return how many tasks
   */
  public int sweep(Duration idle) throws StorageException {
    long before = clock.millis() - idle.toMillis();
    List<TaskRow> abandoned =
        Transactions.call(database, connection -> TaskTable.abandoned(connection, before));
    int swept = 0;
    for (TaskRow row : abandoned) {
      if (hide(row.identity().userId(), row.identity().taskId(), before).isPresent()) {
        CallContext sweep = CallContext.none().withDetail("sweep", "catalogue");
        String home = TaskIdentity.home(row.identity().userId()).value();
        DeleteReport report = finishDelete(row, storage.scoped(home).with(sweep));
        swept += report.isComplete() ? 1 : 0;
      }
    }
    return swept;
  }

  TaskPage page(Optional<String> userId, TaskQuery query) throws StorageException {
    List<TaskRow> rows =
        Transactions.call(database, connection -> TaskTable.page(connection, userId, query));
    boolean more = rows.size() > query.limit();
    List<TaskRow> shown = more ? rows.subList(0, query.limit()) : rows;
    Optional<String> next = Optional.empty();
    if (more) {
      TaskIdentity last = shown.get(shown.size() - 1).identity();
      next =
          Optional.of(new PageCursor(last.submittedAt().toEpochMilli(), last.taskId()).toString());
    }
    return new TaskPage(shown.stream().map(TaskRow::record).toList(), next);
  }

  /** The user's complete task; NOT_FOUND in the same words for one of somebody else. */
  TaskRow task(String userId, String taskId) throws StorageException {
    return Transactions.call(database, connection -> TaskTable.find(connection, userId, taskId))
        .orElseThrow(TaskFiles::noSuchTask);
  }

  static StorageException noSuchTask() {
    return StorageException.of(ErrorKind.NOT_FOUND, "There is no such task.");
  }

  List<TaskFile> files(TaskRow task, int from, int limit) throws StorageException {
    return Transactions.call(database, connection -> FileTable.page(connection, task, from, limit));
  }

  Optional<TaskFile> file(TaskRow task, String path) throws StorageException {
    return Transactions.call(database, connection -> FileTable.find(connection, task, path));
  }

  UserTable.Account account(String userId) throws StorageException {
    return Transactions.call(database, connection -> UserTable.read(connection, userId));
  }

  Quota quota() {
    return quota;
  }

  /** Deletes a user's complete task; it is hidden at once, and a repeat finishes the job. */
  DeleteReport delete(String userId, String taskId, Storage home) throws StorageException {
    TaskRow row = hide(userId, taskId, Long.MAX_VALUE).orElseThrow(TaskFiles::noSuchTask);
    return finishDelete(row, home);
  }

  /** Hides a task that is complete, or that is held by nobody since the given time. */
  private Optional<TaskRow> hide(String userId, String taskId, long heldBefore)
      throws StorageException {
    return Transactions.call(
        database,
        connection -> {
          UserTable.lock(connection, userId);
          Optional<TaskRow> found =
              TaskTable.lock(connection, taskId)
                  .filter(row -> row.identity().userId().equals(userId))
                  .filter(row -> mayGo(row, heldBefore));
          if (found.isPresent()) {
            TaskTable.startDeleting(connection, taskId, clock.millis());
          }
          return found;
        });
  }

  private static boolean mayGo(TaskRow row, long heldBefore) {
    boolean byUser = heldBefore == Long.MAX_VALUE;
    return switch (row.state()) {
      case COMPLETE -> byUser;
      case COLLECTING -> !byUser && row.heldUntil() < heldBefore;
      case DELETING -> byUser || row.heldUntil() < heldBefore;
    };
  }

  private DeleteReport finishDelete(TaskRow row, Storage home) throws StorageException {
    String prefix = row.identity().belowHome().value();
    DeleteReport report = home.deletePrefix(prefix, DeleteOptions.defaults());
    if (report.isComplete()) {
      forget(row);
    }
    return report;
  }

  private void forget(TaskRow row) throws StorageException {
    String taskId = row.identity().taskId();
    Transactions.call(
        database,
        connection -> {
          UserTable.lock(connection, row.identity().userId());
          Optional<TaskRow> still =
              TaskTable.lock(connection, taskId)
                  .filter(found -> found.state() == TaskRow.State.DELETING);
          if (still.isPresent()) {
            FileTable.delete(connection, taskId);
            TaskTable.delete(connection, taskId);
            UserTable.release(connection, row.identity().userId(), still.get().usage());
          }
          return still;
        });
  }

  /** Ends collections under way, which a repeat goes on with, and the database's connections. */
  @Override
  public void close() {
    threads.shutdownNow();
    try {
      database.close();
    } catch (SQLException e) {
      LOG.warn("The catalogue's database was not closed in order", e);
    }
  }

  /** What a catalogue is made of. Not for use by several threads. */
  public static final class Builder {
    private static final int MOST_PARALLEL = 64;

    private final Storage storage;
    private @Nullable DataSource source;
    private String store = "";
    private Quota quota = Quota.unlimited();
    private Clock clock = Clock.systemUTC();
    private Duration lease = Duration.ofSeconds(60);
    private int parallel = 4;

    private Builder(Storage storage) {
      this.storage = storage;
    }

    /** Keeps the records in an embedded database in this directory. */
    public Builder directory(Path value) {
      this.store = value.toString();
      return this;
    }

    /** Keeps the records at this JDBC URL, or in a directory of this name. */
    public Builder store(String value) {
      this.store = value;
      return this;
    }

    /** Keeps the records behind this data source, which stays the caller's to close. */
    public Builder dataSource(DataSource value) {
      this.source = value;
      return this;
    }

    /** What each user may hold, where no other quota is set for the user; all by default. */
    public Builder quota(Quota value) {
      this.quota = value;
      return this;
    }

    /** The clock of records and leases; those of the processes should differ by seconds at most. */
    public Builder clock(Clock value) {
      this.clock = value;
      return this;
    }

    /** How long a task stays with a collector of which nothing more is heard; 60 s by default. */
    public Builder lease(Duration value) {
      if (value.compareTo(Duration.ofSeconds(1)) < 0) {
        throw new IllegalArgumentException("a lease lasts a second at least");
      }
      this.lease = value;
      return this;
    }

    /** How many files are sent at once; 4 by default. */
    public Builder parallel(int value) {
      if (value < 1 || value > MOST_PARALLEL) {
        throw new IllegalArgumentException("1 to " + MOST_PARALLEL + " files are sent at once");
      }
      this.parallel = value;
      return this;
    }

    /**
     * The catalogue, with its tables at their newest version.
     *
     * @throws StorageException UNAVAILABLE where the database cannot be used
     */
    public TaskFiles open() throws StorageException {
      Database database = null;
      try {
        database = source != null ? Database.of(source) : Database.open(url());
        new Migrations(TaskFiles.class, "catalogue").apply(database);
        return new TaskFiles(this, database);
      } catch (SQLException | IOException e) {
        closeQuietly(database, e);
        throw StorageException.of(
            ErrorKind.UNAVAILABLE,
            "The catalogue's database cannot be opened; see the cause, and check its URL.",
            e);
      }
    }

    private String url() throws IOException {
      if (store.isEmpty()) {
        throw new IllegalStateException("a catalogue needs a directory, a URL or a data source");
      }
      return EmbeddedStore.isUrl(store) ? store : EmbeddedStore.url(Path.of(store), "catalogue");
    }

    private static void closeQuietly(@Nullable Database opened, Exception failure) {
      if (opened != null) {
        try {
          opened.close();
        } catch (SQLException e) {
          failure.addSuppressed(e);
        }
      }
    }
  }
}
