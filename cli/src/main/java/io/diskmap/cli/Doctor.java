package io.diskmap.cli;

import io.diskmap.ErrorKind;
import io.diskmap.StorageException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code diskmap doctor}: tries on each disk what a program does, and says what is wrong. */
@Command(
    description = {
      "Tries each disk: reach, log in, write, read, list, delete; names and clock too.",
      "It writes one small file below a prefix of its own and deletes it."
    })
final class Doctor implements Callable<Integer> {
  private final Diskmap diskmap;

  @Parameters(arity = "0..*", paramLabel = "DISK", description = "The disks; all without one.")
  private List<String> disks = List.of();

  @Option(
      names = "--prefix",
      paramLabel = "PREFIX",
      defaultValue = "",
      description = "Where to try, for keys and accounts that open only a part.")
  private String prefix = "";

  @Option(names = "--no-write", description = "Writes and deletes nothing.")
  private boolean noWrite;

  @Option(
      names = "--look",
      paramLabel = "TIME",
      converter = Age.class,
      defaultValue = "5s",
      description = "How long to look for names that are passed over (default 5s).")
  private Duration look = Duration.ofSeconds(5);

  @Option(names = "--json", description = "Prints one JSON object a step.")
  private boolean json;

  Doctor(Diskmap diskmap) {
    this.diskmap = diskmap;
  }

  @Override
  public Integer call() throws StorageException {
    boolean healthy = true;
    try (Session session = diskmap.open()) {
      List<String> known = session.storages().disks();
      for (String name : disks) {
        requireKnown(known, name.endsWith(":") ? name.substring(0, name.length() - 1) : name);
      }
      for (String name : disks.isEmpty() ? known : disks) {
        String disk = name.endsWith(":") ? name.substring(0, name.length() - 1) : name;
        Examination examination = new Examination(session, disk, prefix, !noWrite, look);
        List<Finding> findings = examination.run();
        print(disk, findings);
        healthy &= findings.stream().noneMatch(f -> f.state() == Finding.State.FAILED);
      }
    }
    return healthy ? Exit.OK : Exit.FAILURE;
  }

  private static void requireKnown(List<String> known, String disk) throws StorageException {
    if (!known.contains(disk)) {
      throw StorageException.of(
          ErrorKind.NOT_FOUND,
          "There is no disk '%s' in the disk map; it has %s."
              .formatted(Text.visible(disk), String.join(", ", known)));
    }
  }

  private void print(String disk, List<Finding> findings) {
    PrintStream out = diskmap.terminal().out();
    if (!json) {
      out.println(disk);
    }
    for (Finding finding : findings) {
      if (json) {
        Json.print(
            out,
            members -> {
              members.writeStringField("disk", disk);
              members.writeStringField("step", finding.step());
              members.writeStringField("state", label(finding));
              members.writeNumberField("milliseconds", finding.took().toNanos() / 1e6);
              members.writeStringField("text", finding.text());
            });
      } else {
        String time = finding.took().isZero() ? "" : Text.time(finding.took());
        out.println(
            String.format(
                Locale.ROOT,
                "  %-8s %-10s %9s  %s",
                label(finding),
                finding.step(),
                time,
                finding.text()));
      }
    }
    out.flush();
  }

  private static String label(Finding finding) {
    return finding.state().name().toLowerCase(Locale.ROOT);
  }
}
