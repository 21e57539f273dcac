package io.diskmap.cli;

import io.diskmap.audit.jdbc.AuditArchive;
import io.diskmap.audit.jdbc.AuditVerdict;
import io.diskmap.audit.jdbc.ChainHead;
import io.diskmap.audit.jdbc.ExportFile;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code audit verify}: whether every record is as it was written. */
@Command(description = "Follows every chain and names the first broken record.")
final class AuditVerifyCommand implements Callable<Integer> {
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

  AuditVerifyCommand(Diskmap diskmap) {
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
