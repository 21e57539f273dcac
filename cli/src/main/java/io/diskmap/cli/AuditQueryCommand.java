package io.diskmap.cli;

import io.diskmap.AuditAction;
import io.diskmap.AuditEvent;
import io.diskmap.AuditPage;
import io.diskmap.AuditQuery;
import io.diskmap.AuditRecord;
import io.diskmap.AuditTrail;
import io.diskmap.audit.jdbc.AuditArchive;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code audit query}: operations by user, path, action, time and outcome. */
@Command(description = "Prints the operations that match, the newest first.")
final class AuditQueryCommand implements Callable<Integer> {
  /** How the answers of a query look. */
  enum Format {
    /** Columns for people. */
    TABLE,
    /** Comma-separated values with all fields. */
    CSV,
    /** One JSON object a line. */
    JSON
  }

  private final Diskmap diskmap;
  @Mixin private AuditStoreOption store = new AuditStoreOption();

  @Option(names = "--of", paramLabel = "USER", description = "Of this user.")
  private @Nullable String user;

  @Option(
      names = "--under",
      paramLabel = "PREFIX",
      description = "Of files at and below this prefix.")
  private @Nullable String prefix;

  @Option(names = "--file", paramLabel = "PATH", description = "Of this very file.")
  private @Nullable String file;

  @Option(names = "--disk", paramLabel = "NAME", description = "On this disk.")
  private @Nullable String disk;

  @Option(names = "--action", paramLabel = "ACTION", description = "Of this action.")
  private @Nullable String action;

  @Option(names = "--outcome", paramLabel = "OUTCOME", description = "With this outcome.")
  private AuditEvent.@Nullable Outcome outcome;

  @Option(names = "--request", paramLabel = "ID", description = "Of the request with this id.")
  private @Nullable String request;

  @Option(
      names = "--from",
      paramLabel = "TIME",
      converter = Moment.class,
      description = "From then on: 2026-03-01, 2026-03-01T10:00:00Z, or 4h for as long ago.")
  private @Nullable Instant from;

  @Option(
      names = "--until",
      paramLabel = "TIME",
      converter = Moment.class,
      description = "Before then, written as --from.")
  private @Nullable Instant until;

  @Option(
      names = "--limit",
      paramLabel = "N",
      defaultValue = "100",
      description = "At most so many (default 100); 0 for all.")
  private int limit = 100;

  @Option(names = "--oldest-first", description = "Turns the order round.")
  private boolean oldestFirst;

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      defaultValue = "table",
      description = "table, csv or json (default table).")
  private Format format = Format.TABLE;

  AuditQueryCommand(Diskmap diskmap) {
    this.diskmap = diskmap;
  }

  @Override
  public Integer call() throws IOException {
    if (limit < 0) {
      throw new UsageException("--limit is 0 or more.");
    }
    AuditQuery query = query();
    PrintStream out = diskmap.terminal().out();
    AuditTable table = new AuditTable(out);
    if (format == Format.CSV) {
      out.println(AuditRecord.csvHeader());
    }
    long left = limit == 0 ? Long.MAX_VALUE : limit;
    try (AuditArchive archive = store.open(diskmap)) {
      AuditTrail trail = archive.trail();
      Optional<AuditQuery> next = Optional.of(query);
      while (next.isPresent() && left > 0) {
        int size = (int) Math.min(left, 2000);
        AuditPage page = trail.page(next.get().withLimit(size));
        for (AuditRecord record : page.records()) {
          switch (format) {
            case TABLE -> table.print(record);
            case CSV -> out.println(record.toCsv());
            case JSON -> out.println(record.toJson());
          }
        }
        left -= page.records().size();
        next = page.next().map(query::withAfter);
      }
    }
    table.end();
    return Exit.OK;
  }

  private AuditQuery query() {
    AuditQuery query = AuditQuery.all();
    query = user == null ? query : query.withUser(user);
    query = prefix == null ? query : query.withPrefix(prefix.replaceFirst("/+$", ""));
    query = file == null ? query : query.withPath(file);
    query = disk == null ? query : query.withDisk(disk);
    query = action == null ? query : query.withAction(action(action));
    query = outcome == null ? query : query.withOutcome(outcome);
    query = request == null ? query : query.withRequestId(request);
    query = from == null ? query : query.withFrom(from);
    query = until == null ? query : query.withUntil(until);
    return oldestFirst ? query.withOrder(AuditQuery.Order.OLDEST_FIRST) : query;
  }

  private static AuditAction action(String label) {
    return Arrays.stream(AuditAction.values())
        .filter(known -> known.label().equals(label))
        .findFirst()
        .orElseThrow(
            () ->
                new UsageException(
                    "--action is one of "
                        + Arrays.stream(AuditAction.values())
                            .map(AuditAction::label)
                            .collect(Collectors.joining(", "))
                        + "."));
  }
}
