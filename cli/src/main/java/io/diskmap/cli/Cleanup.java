package io.diskmap.cli;

import io.diskmap.CleanupOptions;
import io.diskmap.CleanupReport;
import io.diskmap.CleanupSection;
import io.diskmap.StorageException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * {@code diskmap cleanup}: deletes old files below prefixes, by the store's clock.
 *
 * <p>Without a place it runs the rules of the section {@code cleanup}.
 */
@Command(
    description = {
      "Deletes the files below prefixes that are older than an age.",
      "Without a place: the rules of the section 'cleanup' of the disk map."
    })
final class Cleanup implements Callable<Integer> {
  private final Diskmap diskmap;

  @Parameters(arity = "0..*", paramLabel = "DISK:PREFIX", description = "Where to clean up.")
  private List<String> places = List.of();

  @Option(
      names = "--older-than",
      paramLabel = "AGE",
      converter = Age.class,
      description = "The age from which a file goes, as in 4h, which is the default.")
  private @Nullable Duration olderThan;

  @Option(
      names = "--keep",
      paramLabel = "PATTERN",
      description = {
        "Files that stay whatever their age; may be repeated.",
        "* within a segment, ** across segments, ? for one character."
      })
  private List<String> keep = List.of();

  @Option(
      names = "--max-deletions",
      paramLabel = "N",
      description = "How many files go at most below each prefix; the rest is counted as left.")
  private @Nullable Long maxDeletions;

  @Option(names = "--dry-run", description = "Counts and deletes nothing.")
  private boolean dryRun;

  @Option(names = "--all", description = "Allows a whole disk.")
  private boolean all;

  @Option(
      names = {"-H", "--human"},
      description = "Prints sizes with units instead of exact bytes.")
  private boolean human;

  @Option(names = "--json", description = "Prints one JSON object for each prefix.")
  private boolean json;

  Cleanup(Diskmap diskmap) {
    this.diskmap = diskmap;
  }

  private record Job(Place.OnDisk place, CleanupOptions options) {}

  @Override
  public Integer call() throws StorageException {
    List<Place.OnDisk> named = named();
    int worst = Exit.OK;
    try (Session session = diskmap.open()) {
      List<Job> jobs =
          named.stream()
              .map(place -> new Job(place, options(session, CleanupOptions.defaults())))
              .toList();
      for (Job job : jobs.isEmpty() ? configured(session) : jobs) {
        CleanupReport report =
            session.disk(job.place().disk()).cleanup(job.place().prefix(), job.options());
        print(job.place(), report);
        worst = report.deleted().isComplete() ? worst : Exit.FAILURE;
      }
    }
    return worst;
  }

  private List<Place.OnDisk> named() {
    List<Place.OnDisk> named = new ArrayList<>();
    for (String text : places) {
      Place.OnDisk place = Place.OnDisk.parse(text);
      if (place.prefix().isEmpty() && !all) {
        throw new UsageException(
            place + " is the whole disk; nothing was deleted. Say --all if you mean it.");
      }
      named.add(place);
    }
    return named;
  }

  private List<Job> configured(Session session) {
    CleanupSection section =
        session
            .storages()
            .diskMap()
            .cleanup()
            .orElseThrow(
                () ->
                    new UsageException(
                        "The disk map has no section 'cleanup'; name disk:prefix and an age."));
    List<Job> jobs = new ArrayList<>();
    section
        .rules()
        .forEach(
            (disk, rule) ->
                rule.prefixes()
                    .forEach(
                        prefix ->
                            jobs.add(
                                new Job(
                                    new Place.OnDisk(disk, prefix),
                                    options(session, rule.options())))));
    return jobs;
  }

  /** What the command line says, in place of what holds without it. */
  private CleanupOptions options(Session session, CleanupOptions given) {
    try {
      CleanupOptions options = given.withDryRun(dryRun).withCall(session.call());
      options = olderThan == null ? options : options.withOlderThan(olderThan);
      options = keep.isEmpty() ? options : options.withKeep(keep);
      return maxDeletions == null ? options : options.withMaxDeletions(maxDeletions);
    } catch (IllegalArgumentException e) {
      throw new UsageException("The clean-up is not valid: " + e.getMessage() + ".");
    }
  }

  private void print(Place.OnDisk place, CleanupReport report) {
    PrintStream out = diskmap.terminal().out();
    if (json) {
      Json.print(
          out,
          members -> {
            members.writeStringField("place", place.disk() + ":" + place.path());
            DeleteReports.members(members, report.deleted());
            members.writeNumberField("kept", report.kept());
            members.writeNumberField("left", report.left());
            members.writeNumberField("aborted_uploads", report.abortedUploads());
            members.writeStringField("older_than", report.newestDeletable().toString());
          });
      return;
    }
    new DeleteReports(diskmap.terminal(), human, false).print(place.toString(), report.deleted());
    if (report.left() > 0) {
      out.println("left " + Text.count(report.left(), "file") + " to the next run");
    }
    out.println(
        "kept "
            + Text.count(report.kept(), "file")
            + " changed after "
            + Text.instant(report.newestDeletable())
            + (keep.isEmpty() ? "" : " or kept by a pattern")
            + "; ended "
            + Text.count(report.abortedUploads(), "abandoned upload"));
  }
}
