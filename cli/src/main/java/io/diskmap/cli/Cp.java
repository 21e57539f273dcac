package io.diskmap.cli;

import io.diskmap.FileMetadata;
import io.diskmap.SaveOptions;
import io.diskmap.StorageException;
import io.diskmap.TreeReport;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code diskmap cp}: copies files and trees between this machine and disks, either way. */
@Command(
    description = {
      "Copies files; with -r what is below the source comes to be below the target.",
      "A target with a slash at its end, or an existing local directory, keeps the name."
    })
final class Cp implements Callable<Integer> {
  private final Diskmap diskmap;

  @Parameters(
      arity = "2..*",
      paramLabel = "SOURCE... TARGET",
      description = "disk:path, a local path, or - for standard input or output.")
  private List<String> places = List.of();

  @Option(
      names = {"-r", "--recursive"},
      description = "Copies a tree.")
  private boolean recursive;

  @Option(names = "--if-absent", description = "Refuses to replace a file.")
  private boolean ifAbsent;

  @Option(
      names = "--content-type",
      paramLabel = "TYPE",
      description = "The media type; the name decides without it.")
  private @Nullable String contentType;

  @Option(names = "--sha256", description = "Computes and keeps a SHA-256.")
  private boolean sha256;

  @Option(
      names = "--parallel",
      paramLabel = "N",
      defaultValue = "8",
      description = "How many files of a tree between disks move at once (default 8).")
  private int parallel = 8;

  @Option(
      names = "--progress",
      paramLabel = "STYLE",
      defaultValue = "auto",
      description = "auto, bar, plain or none.")
  private Meter.Style progress = Meter.Style.AUTO;

  @Option(
      names = {"-q", "--quiet"},
      description = "Prints nothing on success.")
  private boolean quiet;

  @Option(names = "--json", description = "Prints one JSON object for each source.")
  private boolean json;

  Cp(Diskmap diskmap) {
    this.diskmap = diskmap;
  }

  @Override
  public Integer call() throws IOException {
    List<Place> sources = new ArrayList<>();
    places.subList(0, places.size() - 1).forEach(text -> sources.add(Place.parse(text)));
    Place target = Place.parse(places.get(places.size() - 1));
    SaveOptions saving = saving();
    check(sources, target);
    try (Session session = diskmap.open()) {
      Meter.Style style = quiet || json ? Meter.Style.NONE : progress;
      Transfers files = new Transfers(session, diskmap.terminal(), style, saving);
      Trees trees = new Trees(session, diskmap.terminal(), style, saving, parallel);
      for (Place source : sources) {
        long start = System.nanoTime();
        if (recursive && isTree(source)) {
          TreeReport report = tree(trees, source, target);
          report(source, target, report, Duration.ofNanos(System.nanoTime() - start));
        } else {
          FileMetadata copied = file(files, source, target);
          report(source, target, copied, Duration.ofNanos(System.nanoTime() - start));
        }
      }
    }
    return Exit.OK;
  }

  private SaveOptions saving() {
    try {
      SaveOptions options = SaveOptions.defaults();
      options = ifAbsent ? options.withIfAbsent() : options;
      options = sha256 ? options.withSha256() : options;
      return contentType == null ? options : options.withContentType(contentType);
    } catch (IllegalArgumentException e) {
      throw new UsageException("--content-type: " + e.getMessage() + ".");
    }
  }

  private void check(List<Place> sources, Place target) {
    if (parallel < 1 || parallel > 64) {
      throw new UsageException("--parallel is from 1 to 64.");
    }
    boolean several = sources.size() > 1;
    for (Place source : sources) {
      if (!(source instanceof Place.OnDisk) && !(target instanceof Place.OnDisk)) {
        throw new UsageException(
            "Neither side is on a disk; write disk:path for one of them, or use cp of the system.");
      }
      if (source instanceof Place.Standard && (several || recursive)) {
        throw new UsageException("Standard input is one source alone, and no tree.");
      }
    }
    if (recursive && target instanceof Place.Standard) {
      throw new UsageException("A tree cannot go to standard output; leave -r out.");
    }
    if (several && !recursive && !takesSeveral(target)) {
      throw new UsageException(
          "Several sources need a directory as the target: end it with a slash.");
    }
  }

  private static boolean takesSeveral(Place target) {
    return target instanceof Place.OnDisk disk && disk.isDirectory()
        || target instanceof Place.Local local && Files.isDirectory(local.path())
        || target instanceof Place.Standard;
  }

  private static boolean isTree(Place source) {
    return !(source instanceof Place.Local local) || !Files.isRegularFile(local.path());
  }

  private static FileMetadata file(Transfers files, Place source, Place target) throws IOException {
    if (target instanceof Place.OnDisk to) {
      if (source instanceof Place.OnDisk from) {
        return files.between(from, at(to, from.name()));
      }
      if (source instanceof Place.Local from) {
        return files.save(from.path(), at(to, fileName(from.path())));
      }
      if (to.isDirectory()) {
        throw new UsageException("Standard input has no name; give the target a whole path.");
      }
      return files.saveInput(to);
    }
    Place.OnDisk from = (Place.OnDisk) source;
    return target instanceof Place.Local to
        ? files.download(from, Transfers.localTarget(to.path(), from.name()))
        : files.print(from);
  }

  private static Place.OnDisk at(Place.OnDisk target, String name) {
    return new Place.OnDisk(target.disk(), target.fileNamed(name));
  }

  private static String fileName(Path path) {
    Path name = path.toAbsolutePath().normalize().getFileName();
    return name == null ? "" : name.toString();
  }

  private static TreeReport tree(Trees trees, Place source, Place target) throws StorageException {
    if (source instanceof Place.Local from) {
      return trees.save(from.path(), (Place.OnDisk) target);
    }
    Place.OnDisk from = (Place.OnDisk) source;
    return target instanceof Place.OnDisk to
        ? trees.between(from, to)
        : trees.download(from, ((Place.Local) target).path());
  }

  private void report(Place source, Place target, FileMetadata copied, Duration took) {
    if (target instanceof Place.Standard || quiet) {
      return;
    }
    PrintStream out = diskmap.terminal().out();
    if (json) {
      String disk = ((Place.OnDisk) (target instanceof Place.OnDisk ? target : source)).disk();
      Json.print(out, members -> Json.file(members, disk, copied));
    } else {
      out.println(Text.visible(copied.path().value()) + ": " + moved(copied.size(), took));
    }
  }

  private void report(Place source, Place target, TreeReport report, Duration took) {
    if (quiet) {
      return;
    }
    PrintStream out = diskmap.terminal().out();
    if (json) {
      Json.print(
          out,
          members -> {
            members.writeNumberField("files", report.files());
            members.writeNumberField("bytes", report.bytes());
            members.writeNumberField("skipped_links", report.skippedLinks());
          });
      return;
    }
    String links =
        report.skippedLinks() == 0
            ? ""
            : "; " + Text.count(report.skippedLinks(), "link") + " passed over";
    out.println(Text.count(report.files(), "file") + ": " + moved(report.bytes(), took) + links);
  }

  private static String moved(long bytes, Duration took) {
    return Text.count(bytes, "byte") + " in " + Text.time(took) + ", " + Text.rate(bytes, took);
  }
}
