package io.diskmap.cli;

import io.diskmap.ErrorKind;
import io.diskmap.FileMetadata;
import io.diskmap.ListOptions;
import io.diskmap.Listing;
import io.diskmap.Storage;
import io.diskmap.StorageException;
import java.io.PrintStream;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code diskmap ls}: the disks of the map, or what is below a prefix, streamed in order. */
@Command(
    description = "Lists files: size, time of the last change, path. Without a place: the disks.")
final class Ls implements Callable<Integer> {
  /** After how many lines it looks whether somebody still reads them. */
  private static final int LOOK_EVERY = 1000;

  private final Diskmap diskmap;

  @Parameters(arity = "0..1", paramLabel = "DISK:PREFIX", description = "Where to look.")
  private @Nullable String place;

  @Option(
      names = {"-r", "--recursive"},
      description = "Lists all files below, not one level.")
  private boolean recursive;

  @Option(
      names = {"-1", "--names"},
      description = "Prints the paths alone.")
  private boolean names;

  @Option(
      names = {"-H", "--human"},
      description = "Prints sizes with units instead of exact bytes.")
  private boolean human;

  @Option(names = "--json", description = "Prints one JSON object a line.")
  private boolean json;

  Ls(Diskmap diskmap) {
    this.diskmap = diskmap;
  }

  @Override
  public Integer call() throws StorageException {
    try (Session session = diskmap.open()) {
      return place == null ? disks(session) : files(session, Place.OnDisk.parse(place));
    }
  }

  private int disks(Session session) {
    PrintStream out = diskmap.terminal().out();
    for (String disk : session.storages().disks()) {
      if (json) {
        Json.print(out, members -> members.writeStringField("disk", disk));
      } else {
        out.println(disk + ":");
      }
    }
    return Exit.OK;
  }

  private int files(Session session, Place.OnDisk where) throws StorageException {
    Storage storage = session.disk(where.disk());
    ListOptions options = ListOptions.defaults().withCall(session.call());
    long count = 0;
    PrintStream out = diskmap.terminal().out();
    try (Listing listing =
        storage.list(where.prefix(), recursive ? options : options.withOneLevel())) {
      for (FileMetadata entry : listing) {
        print(where.disk(), entry);
        count++;
        if (count % LOOK_EVERY == 0 && out.checkError()) {
          return Exit.OK;
        }
      }
      warnOfSkipped(listing.skipped());
      count += listing.skipped();
    }
    if (count == 0 && !where.prefix().isEmpty()) {
      print(where.disk(), theFileItself(storage, where));
    }
    return Exit.OK;
  }

  private static FileMetadata theFileItself(Storage storage, Place.OnDisk where)
      throws StorageException {
    try {
      return storage.metadata(where.path());
    } catch (StorageException e) {
      if (e.kind() == ErrorKind.NOT_FOUND || where.isDirectory()) {
        throw e.toBuilder().sentence("Nothing is there: no file, and none below it.").build();
      }
      throw e;
    }
  }

  private void print(String disk, FileMetadata entry) {
    PrintStream out = diskmap.terminal().out();
    if (json) {
      Json.print(out, members -> Json.entry(members, disk, entry));
    } else if (names) {
      out.println(path(entry));
    } else {
      String size = entry.isDirectory() ? "-" : Text.size(entry.size(), human);
      String time = entry.isDirectory() ? "-" : Text.instant(entry.modified());
      out.println(String.format(Locale.ROOT, "%14s  %20s  %s", size, time, path(entry)));
    }
  }

  private static String path(FileMetadata entry) {
    String path = Text.visible(entry.path().value());
    return entry.isDirectory() ? path + "/" : path;
  }

  private void warnOfSkipped(long skipped) {
    if (skipped > 0) {
      diskmap
          .terminal()
          .err()
          .println(
              "note: "
                  + Text.count(skipped, "stored name")
                  + " passed over: no valid path, or no regular file; see 'diskmap doctor'");
    }
  }
}
