package io.diskmap.cli;

import io.diskmap.AuditEvent;
import io.diskmap.ServerRole;
import io.diskmap.audit.jdbc.AuditArchive;
import io.diskmap.audit.jdbc.JdbcAuditStore;
import io.diskmap.audit.jdbc.RetainReport;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.concurrent.Callable;
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
    line.addSubcommand("query", new AuditQueryCommand(diskmap));
    line.addSubcommand("verify", new AuditVerifyCommand(diskmap));
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
