package io.diskmap.cli;

import io.diskmap.DeleteOptions;
import io.diskmap.DeleteReport;
import io.diskmap.ErrorKind;
import io.diskmap.Storage;
import io.diskmap.StorageException;
import java.io.PrintStream;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code diskmap rm}: deletes files, or with {@code -r} all that is below a prefix. */
@Command(description = "Deletes files; with -r all below a prefix; a whole disk only with --all.")
final class Rm implements Callable<Integer> {
  private final Diskmap diskmap;

  @Parameters(arity = "1..*", paramLabel = "DISK:PATH", description = "The files or prefixes.")
  private List<String> places = List.of();

  @Option(
      names = {"-r", "--recursive"},
      description = "Deletes all below; a file of that very name stays.")
  private boolean recursive;

  @Option(names = "--all", description = "With -r: allows a whole disk.")
  private boolean all;

  @Option(
      names = {"-f", "--force"},
      description = "What is not there counts as deleted.")
  private boolean force;

  @Option(names = "--dry-run", description = "With -r: counts and deletes nothing.")
  private boolean dryRun;

  @Option(
      names = {"-H", "--human"},
      description = "Prints sizes with units instead of exact bytes.")
  private boolean human;

  @Option(names = "--json", description = "Prints one JSON object for each place.")
  private boolean json;

  Rm(Diskmap diskmap) {
    this.diskmap = diskmap;
  }

  @Override
  public Integer call() throws StorageException {
    List<Place.OnDisk> targets = places.stream().map(Place.OnDisk::parse).toList();
    targets.forEach(this::check);
    int worst = Exit.OK;
    try (Session session = diskmap.open()) {
      for (Place.OnDisk target : targets) {
        int code = recursive ? prefix(session, target) : file(session, target);
        worst = worst == Exit.FAILURE ? worst : Math.max(worst, code);
      }
    }
    return worst;
  }

  private void check(Place.OnDisk target) {
    if (!recursive && (dryRun || all)) {
      throw new UsageException("--dry-run and --all go with -r.");
    }
    if (!recursive && target.isDirectory()) {
      throw new UsageException(target + " is a prefix; -r deletes what is below it.");
    }
    if (recursive && target.prefix().isEmpty() && !all) {
      throw new UsageException(
          target + " is the whole disk; nothing was deleted. Say --all if you mean it.");
    }
  }

  private int file(Session session, Place.OnDisk target) throws StorageException {
    DeleteOptions options = DeleteOptions.defaults().withCall(session.call());
    boolean deleted = session.disk(target.disk()).delete(target.path(), options);
    if (!deleted && !force) {
      throw StorageException.builder(ErrorKind.NOT_FOUND, "There is no such file.")
          .path(target.toString(), true)
          .build();
    }
    PrintStream out = diskmap.terminal().out();
    if (json) {
      Json.print(
          out,
          members -> {
            members.writeStringField("disk", target.disk());
            members.writeStringField("path", target.path());
            members.writeBooleanField("deleted", deleted);
          });
    } else {
      out.println((deleted ? "deleted " : "not there: ") + target);
    }
    return Exit.OK;
  }

  private int prefix(Session session, Place.OnDisk target) throws StorageException {
    Storage storage = session.disk(target.disk());
    DeleteOptions options = DeleteOptions.defaults().withCall(session.call());
    options = dryRun ? options.withDryRun() : options;
    DeleteReport report =
        target.prefix().isEmpty()
            ? storage.deleteAll(options)
            : storage.deletePrefix(target.prefix(), options);
    if (report.files() == 0 && report.failed() == 0 && !force && !target.prefix().isEmpty()) {
      throw StorageException.builder(ErrorKind.NOT_FOUND, "There is no file below this prefix.")
          .path(target.toString(), true)
          .build();
    }
    new DeleteReports(diskmap.terminal(), human, json).print(target.toString(), report);
    return report.isComplete() ? Exit.OK : Exit.FAILURE;
  }
}
