package io.diskmap.cli;

import io.diskmap.Checksum;
import io.diskmap.FileMetadata;
import io.diskmap.StorageException;
import java.io.PrintStream;
import java.util.Locale;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code diskmap stat}: all that the store knows about one file. */
@Command(description = "Shows what the store knows about a file.")
final class Stat implements Callable<Integer> {
  private final Diskmap diskmap;

  @Parameters(paramLabel = "DISK:PATH", description = "The file.")
  private String place = "";

  @Option(
      names = {"-H", "--human"},
      description = "Prints sizes with units instead of exact bytes.")
  private boolean human;

  @Option(names = "--json", description = "Prints one JSON object.")
  private boolean json;

  Stat(Diskmap diskmap) {
    this.diskmap = diskmap;
  }

  @Override
  public Integer call() throws StorageException {
    Place.OnDisk where = Place.OnDisk.parse(place);
    try (Session session = diskmap.open()) {
      FileMetadata file = session.disk(where.disk()).metadata(where.path());
      PrintStream out = diskmap.terminal().out();
      if (json) {
        Json.print(out, members -> Json.file(members, where.disk(), file));
      } else {
        print(out, where, file);
      }
    }
    return Exit.OK;
  }

  private void print(PrintStream out, Place.OnDisk where, FileMetadata file) {
    line(out, "file", where.disk() + ":" + Text.visible(file.path().value()));
    line(out, "size", Text.size(file.size(), human));
    line(out, "modified", file.modified().toString());
    line(out, "version", file.versionTag().value() + (file.versionTag().strong() ? "" : " (weak)"));
    file.contentType().ifPresent(type -> line(out, "type", type));
    for (Checksum checksum : file.checksums()) {
      line(out, checksum.algorithm().label(), checksum.hex());
    }
    new TreeMap<>(file.attributes())
        .forEach((key, value) -> line(out, "attribute", key + " = " + Text.visible(value)));
  }

  private static void line(PrintStream out, String name, String value) {
    out.println(String.format(Locale.ROOT, "%-10s %s", name, value));
  }
}
