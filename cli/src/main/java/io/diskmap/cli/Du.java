package io.diskmap.cli;

import io.diskmap.ErrorKind;
import io.diskmap.StorageException;
import io.diskmap.Usage;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code diskmap du}: how many files and bytes are below a prefix. */
@Command(description = "Counts bytes and files below prefixes.")
final class Du implements Callable<Integer> {
  private final Diskmap diskmap;

  @Parameters(arity = "1..*", paramLabel = "DISK:PREFIX", description = "The prefixes.")
  private List<String> places = List.of();

  @Option(
      names = {"-H", "--human"},
      description = "Prints sizes with units instead of exact bytes.")
  private boolean human;

  @Option(names = "--json", description = "Prints one JSON object for each prefix.")
  private boolean json;

  Du(Diskmap diskmap) {
    this.diskmap = diskmap;
  }

  @Override
  public Integer call() throws StorageException {
    List<Place.OnDisk> targets = places.stream().map(Place.OnDisk::parse).toList();
    try (Session session = diskmap.open()) {
      for (Place.OnDisk target : targets) {
        print(target, usage(session, target));
      }
    }
    return Exit.OK;
  }

  private static Usage usage(Session session, Place.OnDisk target) throws StorageException {
    Usage usage = session.disk(target.disk()).usage(target.prefix());
    if (usage.files() == 0 && !target.prefix().isEmpty()) {
      throw StorageException.builder(ErrorKind.NOT_FOUND, "There is no file below this prefix.")
          .path(target.toString(), true)
          .build();
    }
    return usage;
  }

  private void print(Place.OnDisk target, Usage usage) {
    PrintStream out = diskmap.terminal().out();
    if (json) {
      Json.print(
          out,
          members -> {
            members.writeStringField("disk", target.disk());
            members.writeStringField("prefix", target.prefix());
            members.writeNumberField("files", usage.files());
            members.writeNumberField("bytes", usage.bytes());
          });
    } else {
      out.println(
          String.format(
              Locale.ROOT,
              "%14s  %16s  %s",
              Text.size(usage.bytes(), human),
              Text.count(usage.files(), "file"),
              target));
    }
  }
}
