package io.diskmap.cli;

import io.diskmap.CatalogueSection;
import io.diskmap.StorageException;
import io.diskmap.catalog.TaskFiles;
import io.diskmap.catalog.TaskPage;
import io.diskmap.catalog.TaskQuery;
import io.diskmap.catalog.TaskRecord;
import io.diskmap.catalog.http.SignedTokens;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code diskmap tasks}: collects outputs of tasks, lists and deletes them, makes tokens. */
@Command(
    description = "Collects, lists or deletes outputs of tasks, or makes a user's token.",
    synopsisSubcommandLabel = "(collect | ls | rm | sweep | token)")
final class TasksCommand implements Callable<Integer> {
  private TasksCommand() {}

  /** The command with its subcommands. */
  static CommandLine commandLine(Diskmap diskmap) {
    CommandLine line = new CommandLine(new TasksCommand());
    line.addSubcommand("collect", new Collect(diskmap));
    line.addSubcommand("ls", new Ls(diskmap));
    line.addSubcommand("rm", new Rm(diskmap));
    line.addSubcommand("sweep", new Sweep(diskmap));
    line.addSubcommand("token", new Token(diskmap));
    return line;
  }

  @Override
  public Integer call() {
    throw new UsageException(
        "Say what to do: tasks collect, tasks ls, tasks rm, tasks sweep or tasks token.");
  }

  private static CatalogueSection section(Session session) {
    return session
        .storages()
        .diskMap()
        .catalogue()
        .orElseThrow(() -> new UsageException("The disk map has no section 'catalogue'."));
  }

  /** What is done with the catalogue of the map. */
  @FunctionalInterface
  private interface Work {
    void run(TaskFiles catalogue, CatalogueSection section) throws StorageException;
  }

  private static int with(Diskmap diskmap, Work work) throws StorageException {
    try (Session session = diskmap.open()) {
      CatalogueSection section = section(session);
      try (TaskFiles catalogue = ServedTasks.open(session.storages(), section)) {
        work.run(catalogue, section);
      }
    }
    return Exit.OK;
  }

  private static String user(Diskmap diskmap) {
    return diskmap
        .user()
        .orElseThrow(() -> new UsageException("Say whose task it is: diskmap --user NAME tasks."));
  }

  /** {@code tasks collect}: brings a directory into the catalogue. */
  @Command(
      description = {
        "Brings every file below a directory into the catalogue, whole or not at all.",
        "Run again after a failure, it sends what is missing."
      })
  static final class Collect implements Callable<Integer> {
    private final Diskmap diskmap;

    @Parameters(paramLabel = "DIRECTORY", description = "What the task left.")
    private Path directory = Path.of("");

    @Option(names = "--name", required = true, paramLabel = "NAME", description = "Its kind.")
    private String name = "";

    @Option(names = "--id", required = true, paramLabel = "ID", description = "Its unique id.")
    private String id = "";

    @Option(
        names = "--submitted",
        required = true,
        paramLabel = "TIME",
        converter = Moment.class,
        description = "When it was submitted, as in 2026-03-01T12:30:45Z.")
    private Instant submitted = Instant.EPOCH;

    Collect(Diskmap diskmap) {
      this.diskmap = diskmap;
    }

    @Override
    public Integer call() throws StorageException {
      String user = user(diskmap);
      return with(
          diskmap,
          (catalogue, section) -> {
            TaskRecord task = catalogue.collect(directory, user, name, submitted, id);
            diskmap
                .terminal()
                .out()
                .println(
                    "collected "
                        + Text.count(task.files(), "file")
                        + ", "
                        + task.bytes()
                        + " bytes: "
                        + Text.visible(section.disk() + ":" + at(section, task)));
          });
    }
  }

  private static String at(CatalogueSection section, TaskRecord task) {
    return section.prefix().isEmpty()
        ? task.storagePath()
        : section.prefix() + "/" + task.storagePath();
  }

  /** {@code tasks ls}: the tasks of a user, or of all. */
  @Command(description = "Lists tasks, the latest first: of --user, or of all users.")
  static final class Ls implements Callable<Integer> {
    private final Diskmap diskmap;

    @Option(names = "--name", paramLabel = "NAME", description = "Tasks of this kind.")
    private @Nullable String name;

    @Option(names = "--from", paramLabel = "TIME", converter = Moment.class, description = "Since.")
    private @Nullable Instant from;

    @Option(
        names = "--until",
        paramLabel = "TIME",
        converter = Moment.class,
        description = "Before.")
    private @Nullable Instant until;

    @Option(names = "--json", description = "Prints one JSON object for each task.")
    private boolean json;

    Ls(Diskmap diskmap) {
      this.diskmap = diskmap;
    }

    @Override
    public Integer call() throws StorageException {
      return with(
          diskmap,
          (catalogue, section) -> {
            TaskQuery query = query();
            TaskPage page = page(catalogue, query);
            page.tasks().forEach(this::print);
            while (page.next().isPresent()) {
              page = page(catalogue, query.withCursor(page.next().get()));
              page.tasks().forEach(this::print);
            }
          });
    }

    private TaskQuery query() {
      TaskQuery query = TaskQuery.all().withLimit(TaskQuery.MAX_LIMIT);
      query = name == null ? query : query.withTaskName(name);
      query = from == null ? query : query.withFrom(from);
      return until == null ? query : query.withUntil(until);
    }

    private TaskPage page(TaskFiles catalogue, TaskQuery query) throws StorageException {
      return diskmap.user().isPresent()
          ? catalogue.forUser(diskmap.user().get()).tasks(query)
          : catalogue.tasks(query);
    }

    private void print(TaskRecord task) {
      if (json) {
        Json.print(
            diskmap.terminal().out(),
            members -> {
              members.writeStringField("user", task.userId());
              members.writeStringField("task_id", task.taskId());
              members.writeStringField("task_name", task.taskName());
              members.writeStringField("submitted_at", task.submittedAt().toString());
              members.writeStringField("path", task.storagePath());
              members.writeNumberField("files", task.files());
              members.writeNumberField("bytes", task.bytes());
            });
      } else {
        diskmap
            .terminal()
            .out()
            .println(
                "%s  %8d  %14d  %s"
                    .formatted(
                        task.submittedAt(),
                        task.files(),
                        task.bytes(),
                        Text.visible(task.storagePath())));
      }
    }
  }

  /** {@code tasks rm}: deletes a task of a user. */
  @Command(description = "Deletes a task of --user with its files.")
  static final class Rm implements Callable<Integer> {
    private final Diskmap diskmap;

    @Parameters(paramLabel = "ID", description = "The task's id.")
    private String id = "";

    Rm(Diskmap diskmap) {
      this.diskmap = diskmap;
    }

    @Override
    public Integer call() throws StorageException {
      String user = user(diskmap);
      return with(
          diskmap,
          (catalogue, section) ->
              new DeleteReports(diskmap.terminal(), false, false)
                  .print(id, catalogue.forUser(user).delete(id)));
    }
  }

  /** {@code tasks sweep}: removes what was cut off. */
  @Command(description = "Removes tasks that nobody goes on to collect, and ends cut-off deletes.")
  static final class Sweep implements Callable<Integer> {
    private final Diskmap diskmap;

    Sweep(Diskmap diskmap) {
      this.diskmap = diskmap;
    }

    @Override
    public Integer call() throws StorageException {
      return with(
          diskmap,
          (catalogue, section) ->
              diskmap
                  .terminal()
                  .out()
                  .println("removed " + Text.count(catalogue.sweep(section.sweepAfter()), "task")));
    }
  }

  /** {@code tasks token}: a token for a user. */
  @Command(description = "Prints a token that names --user; whoever holds it is that user.")
  static final class Token implements Callable<Integer> {
    private final Diskmap diskmap;

    @Option(
        names = "--for",
        paramLabel = "TIME",
        converter = Age.class,
        defaultValue = "1h",
        description = "How long it is valid (default 1h).")
    private Duration validFor = Duration.ofHours(1);

    Token(Diskmap diskmap) {
      this.diskmap = diskmap;
    }

    @Override
    public Integer call() {
      String user = user(diskmap);
      try (Session session = diskmap.openWithoutAudit()) {
        SignedTokens tokens =
            section(session)
                .tokenKey()
                .map(SignedTokens::of)
                .orElseThrow(
                    () -> new UsageException("The section 'catalogue' has no 'token_key'."));
        diskmap.terminal().out().println(tokens.issue(user, validFor));
      } catch (IllegalArgumentException e) {
        throw new UsageException(Text.visible(String.valueOf(e.getMessage())) + ".");
      }
      return Exit.OK;
    }
  }
}
