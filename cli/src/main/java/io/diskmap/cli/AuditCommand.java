package io.diskmap.cli;

import io.diskmap.AuditAction;
import io.diskmap.AuditEvent;
import io.diskmap.AuditPage;
import io.diskmap.AuditQuery;
import io.diskmap.AuditRecord;
import io.diskmap.AuditTrail;
import io.diskmap.ServerRole;
import io.diskmap.audit.jdbc.AuditArchive;
import io.diskmap.audit.jdbc.AuditVerdict;
import io.diskmap.audit.jdbc.ChainHead;
import io.diskmap.audit.jdbc.ExportFile;
import io.diskmap.audit.jdbc.JdbcAuditStore;
import io.diskmap.audit.jdbc.RetainReport;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code diskmap audit}: asks, verifies, exports and shortens the audit trail. */
@Command(
    description = "Asks, verifies, exports or shortens the audit trail.",
    synopsisSubcommandLabel = "(query | verify | heads | export | retain)")
final class AuditCommand implements Callable<Integer> {
  private AuditCommand() {}

  /** The command with its subcommands. */
  static CommandLine commandLine(Diskmap diskmap) {
    CommandLine line = new CommandLine(new AuditCommand());
    line.addSubcommand("query", new Query(diskmap));
    line.addSubcommand("verify", new Verify(diskmap));
    line.addSubcommand("heads", new Heads(diskmap));
    line.addSubcommand("export", new Export(diskmap));
    line.addSubcommand("retain", new Retain(diskmap));
    return line;
  }

  @Override
  public Integer call() {
    throw new UsageException(
        "Say what to do: audit query, audit verify, audit heads, audit export or audit retain.");
  }

  /** How the answers of a query look. */
  enum Format {
    /** Columns for people. */
    TABLE,
    /** Comma-separated values with all fields. */
    CSV,
    /** One JSON object a line. */
    JSON
  }

  /** {@code audit query}: operations by user, path, action, time and outcome. */
  @Command(description = "Prints the operations that match, the newest first.")
  static final class Query implements Callable<Integer> {
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

    Query(Diskmap diskmap) {
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

  /** {@code audit verify}: whether every record is as it was written. */
  @Command(description = "Follows every chain and names the first broken record.")
  static final class Verify implements Callable<Integer> {
    private final Diskmap diskmap;
    @Mixin private AuditStoreOption store = new AuditStoreOption();

    @Parameters(
        arity = "0..1",
        paramLabel = "EXPORT",
        description = "A file that 'audit export' wrote; without it the store.")
    private @Nullable Path export;

    @Option(
        names = "--against",
        paramLabel = "FILE",
        description = "Compares with what 'audit heads' printed some time ago.")
    private @Nullable Path against;

    @Option(names = "--json", description = "Prints one JSON object.")
    private boolean json;

    Verify(Diskmap diskmap) {
      this.diskmap = diskmap;
    }

    @Override
    public Integer call() throws IOException {
      List<ChainHead> kept = kept();
      long start = System.nanoTime();
      AuditVerdict verdict = verdict(kept);
      Duration took = Duration.ofNanos(System.nanoTime() - start);
      PrintStream out = diskmap.terminal().out();
      if (json) {
        Json.print(
            out,
            members -> {
              members.writeBooleanField("intact", verdict.isIntact());
              members.writeNumberField("chains", verdict.writers());
              members.writeNumberField("records", verdict.entries());
              members.writeArrayFieldStart("broken");
              for (AuditVerdict.Break found : verdict.breaks()) {
                members.writeStartObject();
                members.writeStringField("writer", found.writer());
                members.writeNumberField("sequence", found.sequence());
                if (found.eventId().isPresent()) {
                  members.writeStringField("event_id", found.eventId().get());
                }
                members.writeStringField("what", found.what());
                members.writeEndObject();
              }
              members.writeEndArray();
            });
      } else {
        print(out, verdict, took);
      }
      return verdict.isIntact() ? Exit.OK : Exit.FAILURE;
    }

    private static void print(PrintStream out, AuditVerdict verdict, Duration took) {
      String looked =
          "%s in %s, %s"
              .formatted(
                  Text.count(verdict.entries(), "record"),
                  Text.count(verdict.writers(), "chain"),
                  Text.time(took));
      if (verdict.isIntact()) {
        out.println("intact: " + looked);
        return;
      }
      out.println("BROKEN: " + looked);
      String word = "first broken record";
      for (AuditVerdict.Break found : verdict.breaks()) {
        out.println(
            "%s: writer %s, record %d%s"
                .formatted(
                    word,
                    found.writer(),
                    found.sequence(),
                    found.eventId().map(id -> ", event " + Text.visible(id)).orElse("")));
        out.println("  " + found.what());
        word = "and in another chain";
      }
    }

    private AuditVerdict verdict(List<ChainHead> kept) throws IOException {
      if (export != null) {
        try (InputStream in = Files.newInputStream(export)) {
          return ExportFile.verify(in, kept);
        }
      }
      try (AuditArchive archive = store.open(diskmap)) {
        return archive.verify(kept);
      }
    }

    private List<ChainHead> kept() throws IOException {
      if (against == null) {
        return List.of();
      }
      try {
        return Files.readAllLines(against).stream()
            .filter(line -> !line.isBlank())
            .map(ChainHead::parse)
            .toList();
      } catch (IllegalArgumentException e) {
        throw new UsageException("--against names a file that 'audit heads' did not write.");
      }
    }
  }

  /** {@code audit heads}: the ends of all chains, to keep elsewhere. */
  @Command(description = "Prints the last link of each chain, to keep where nobody can change it.")
  static final class Heads implements Callable<Integer> {
    private final Diskmap diskmap;
    @Mixin private AuditStoreOption store = new AuditStoreOption();

    Heads(Diskmap diskmap) {
      this.diskmap = diskmap;
    }

    @Override
    public Integer call() throws IOException {
      try (AuditArchive archive = store.open(diskmap)) {
        archive.heads().forEach(head -> diskmap.terminal().out().println(head));
      }
      return Exit.OK;
    }
  }

  /** {@code audit export}: every chain as lines of JSON. */
  @Command(description = "Writes every chain to a file that 'audit verify FILE' verifies.")
  static final class Export implements Callable<Integer> {
    private final Diskmap diskmap;
    @Mixin private AuditStoreOption store = new AuditStoreOption();

    @Parameters(paramLabel = "FILE", description = "A new file, or - for standard output.")
    private String file = "-";

    Export(Diskmap diskmap) {
      this.diskmap = diskmap;
    }

    @Override
    public Integer call() throws IOException {
      try (AuditArchive archive = store.open(diskmap)) {
        if (file.equals("-")) {
          archive.export(diskmap.terminal().out());
          return Exit.OK;
        }
        Path target = Path.of(file);
        if (Files.exists(target)) {
          throw new UsageException(Text.visible(file) + " is there already; name a new file.");
        }
        long links;
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(target))) {
          links = archive.export(out);
        }
        diskmap.terminal().out().println("exported " + Text.count(links, "record"));
      }
      return Exit.OK;
    }
  }

  /** {@code audit retain}: removes what is older than the law asks for. */
  @Command(description = "Removes the oldest records; the chains stay verifiable.")
  static final class Retain implements Callable<Integer> {
    private final Diskmap diskmap;
    @Mixin private AuditStoreOption store = new AuditStoreOption();

    @Option(
        names = "--older-than",
        required = true,
        paramLabel = "AGE",
        converter = Age.class,
        description = "The age from which records go, as in 3650d.")
    private Duration age = Duration.ZERO;

    @Option(names = "--dry-run", description = "Counts and removes nothing.")
    private boolean dryRun;

    Retain(Diskmap diskmap) {
      this.diskmap = diskmap;
    }

    @Override
    public Integer call() throws IOException {
      String place = store.existing(diskmap);
      Instant before = Instant.now().minus(age);
      try (JdbcAuditStore opened = JdbcAuditStore.open(place, ServerRole.SERVICES)) {
        RetainReport report = dryRun ? opened.retainable(before) : opened.retain(before);
        diskmap
            .terminal()
            .out()
            .println(
                "%s %s of %s from before %s"
                    .formatted(
                        dryRun ? "would remove" : "removed",
                        Text.count(report.entries(), "record"),
                        Text.count(report.chains(), "chain"),
                        Text.instant(report.before())));
      }
      return Exit.OK;
    }
  }

  /** The outcome as the table shows it. */
  static String word(AuditEvent.Outcome outcome) {
    return outcome.name().toLowerCase(Locale.ROOT);
  }
}
