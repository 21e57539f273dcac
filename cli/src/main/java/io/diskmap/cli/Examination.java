package io.diskmap.cli;

import io.diskmap.ByteRange;
import io.diskmap.Capabilities;
import io.diskmap.Content;
import io.diskmap.DeleteOptions;
import io.diskmap.Download;
import io.diskmap.ErrorKind;
import io.diskmap.FileMetadata;
import io.diskmap.Health;
import io.diskmap.ListOptions;
import io.diskmap.Listing;
import io.diskmap.SaveOptions;
import io.diskmap.Storage;
import io.diskmap.StorageException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;

/**
 * The doctor's look at one disk: reach, log in, write, read, list, delete, clock, names. For one
 * thread and one run.
 *
 * <p>What it writes is one small file below a prefix of its own, which it deletes whatever happens.
 */
final class Examination {
  private static final int PROBE_BYTES = 64 * 1024;
  private static final Duration SKEW_LIMIT = Duration.ofSeconds(5);

  private final Session session;
  private final String disk;
  private final String prefix;
  private final boolean mayWrite;
  private final Duration patience;
  private final List<Finding> findings = new ArrayList<>();
  private Optional<FileMetadata> anyFile = Optional.empty();

  Examination(Session session, String disk, String prefix, boolean mayWrite, Duration patience) {
    this.session = session;
    this.disk = disk;
    this.prefix = prefix;
    this.mayWrite = mayWrite;
    this.patience = patience;
  }

  /** Runs every step that makes sense after those before it. */
  List<Finding> run() {
    Optional<Storage> opened = attempt("open", () -> new Answer<>(session.disk(disk), "opened"));
    if (opened.isPresent() && answers(opened.get())) {
      examine(opened.get());
    }
    return findings;
  }

  /** Splits the answer of the store into what the network and what the account say. */
  private boolean answers(Storage storage) {
    Health health = storage.health();
    String where = storage.info().driver() + " at " + storage.info().endpoint();
    Optional<StorageException> problem = health.problem();
    boolean refused =
        problem.isPresent()
            && (problem.get().kind() == ErrorKind.UNAUTHENTICATED
                || problem.get().kind() == ErrorKind.PERMISSION_DENIED);
    if (problem.isPresent() && !refused) {
      add("reach", Finding.State.FAILED, health.roundTrip(), explain(problem.get()));
      return false;
    }
    add("reach", Finding.State.OK, health.roundTrip(), where + " answers");
    if (refused) {
      add("log in", Finding.State.FAILED, health.roundTrip(), explain(problem.get()));
      return false;
    }
    add("log in", Finding.State.OK, health.roundTrip(), "the account or key is accepted");
    return true;
  }

  private void examine(Storage storage) {
    attempt("abilities", () -> new Answer<>(true, describe(storage.capabilities())));
    boolean writes = mayWrite && !storage.info().readOnly();
    if (writes) {
      writeReadDelete(storage);
    } else {
      String why = mayWrite ? "the disk is read-only" : "--no-write was given";
      findings.add(Finding.skipped("write", why));
    }
    look(storage);
    if (!writes) {
      readSomething(storage);
      findings.add(Finding.skipped("delete", mayWrite ? "the disk is read-only" : "--no-write"));
    }
  }

  private static String describe(Capabilities can) {
    return String.format(
        Locale.ROOT,
        "a return of save means %s is durable; if-absent %s, if-match %s",
        can.durability().name().toLowerCase(Locale.ROOT),
        can.createCondition().name().toLowerCase(Locale.ROOT),
        can.matchCondition().name().toLowerCase(Locale.ROOT));
  }

  private void writeReadDelete(Storage storage) {
    byte[] bytes = new byte[PROBE_BYTES];
    new Random(PROBE_BYTES).nextBytes(bytes);
    String below = (prefix.isEmpty() ? "" : prefix + "/") + "diskmap-doctor-" + UUID.randomUUID();
    String path = below + "/probe.bin";
    Instant before = Instant.now();
    Optional<FileMetadata> saved =
        attempt(
            "write",
            () ->
                new Answer<>(
                    storage.save(path, Content.of(bytes), SaveOptions.defaults()),
                    "saved " + Text.human(PROBE_BYTES)));
    if (saved.isEmpty()) {
      return;
    }
    Instant after = Instant.now();
    attempt("read", () -> new Answer<>(true, readBack(storage, path, bytes)));
    attempt("list", () -> new Answer<>(true, listed(storage, below, path)));
    attempt("delete", () -> new Answer<>(true, deleted(storage, path)));
    clock(saved.get().modified(), before, after);
  }

  private static String readBack(Storage storage, String path, byte[] expected) throws IOException {
    try (Download download = storage.download(path)) {
      if (!Arrays.equals(download.readAllBytes(), expected)) {
        throw StorageException.of(
            ErrorKind.CHECKSUM_MISMATCH, "The bytes that came back are not those that were saved.");
      }
    }
    return "the same bytes came back";
  }

  private static String listed(Storage storage, String below, String path) throws IOException {
    try (Listing listing = storage.list(below)) {
      boolean found = listing.stream().anyMatch(file -> file.path().value().equals(path));
      if (!found) {
        throw StorageException.of(
            ErrorKind.UNKNOWN, "The listing does not show the file that was just saved.");
      }
    }
    return "the listing shows it";
  }

  private static String deleted(Storage storage, String path) throws StorageException {
    if (!storage.delete(path, DeleteOptions.defaults()) || storage.exists(path)) {
      throw StorageException.of(
          ErrorKind.UNKNOWN, "The file is still there after its delete; remove it by hand.");
    }
    return "it is gone";
  }

  private void clock(Instant modified, Instant before, Instant after) {
    Duration skew =
        modified.isBefore(before)
            ? Duration.between(modified, before).negated()
            : modified.isAfter(after) ? Duration.between(after, modified) : Duration.ZERO;
    boolean off = skew.abs().compareTo(SKEW_LIMIT) > 0;
    String text =
        off
            ? "the store's clock is "
                + Text.time(skew.abs())
                + (skew.isNegative() ? " behind" : " ahead of")
                + " this machine; set both by NTP, clean-up goes by the store's"
            : "the clocks agree within " + SKEW_LIMIT.toSeconds() + " s";
    add("clock", off ? Finding.State.NOTE : Finding.State.OK, Duration.ZERO, text);
  }

  /** Walks the disk for a while, for names that Diskmap passes over. */
  private void look(Storage storage) {
    long start = System.nanoTime();
    try (Listing listing = storage.list(prefix, ListOptions.defaults().withCall(session.call()))) {
      long count = 0;
      boolean whole = true;
      for (FileMetadata file : listing) {
        count++;
        anyFile = anyFile.or(() -> Optional.of(file));
        if (System.nanoTime() - start > patience.toNanos()) {
          whole = false;
          break;
        }
      }
      String seen =
          Text.count(count, "file") + (whole ? "" : " seen in the time given, there are more");
      String text =
          listing.skipped() == 0
              ? seen + "; every stored name is a valid path"
              : seen
                  + "; "
                  + Text.count(listing.skipped(), "stored name")
                  + " passed over: no valid paths, or no regular files; rename or remove them: "
                  + String.join(", ", listing.skippedNames())
                  + (listing.skipped() > listing.skippedNames().size() ? ", ..." : "");
      add(
          "names",
          listing.skipped() == 0 ? Finding.State.OK : Finding.State.NOTE,
          since(start),
          text);
    } catch (StorageException e) {
      add("names", Finding.State.FAILED, since(start), explain(e));
    } catch (UncheckedIOException e) {
      add("names", Finding.State.FAILED, since(start), explain(unwrapped(e)));
    }
  }

  private void readSomething(Storage storage) {
    if (anyFile.isEmpty()) {
      findings.add(Finding.skipped("read", "there is no file to read"));
      return;
    }
    attempt(
        "read",
        () -> {
          ByteRange some = ByteRange.first(PROBE_BYTES);
          try (Download download = storage.download(anyFile.get().path().value(), some)) {
            return new Answer<>(true, "read " + Text.human(download.readAllBytes().length));
          }
        });
  }

  /** What a step gives and what it says. */
  private record Answer<T>(T value, String text) {}

  /** One step. */
  @FunctionalInterface
  private interface Step<T> {
    Answer<T> run() throws IOException;
  }

  private <T> Optional<T> attempt(String name, Step<T> step) {
    long start = System.nanoTime();
    try {
      Answer<T> answer = step.run();
      add(name, Finding.State.OK, since(start), answer.text());
      return Optional.of(answer.value());
    } catch (StorageException e) {
      add(name, Finding.State.FAILED, since(start), explain(e));
    } catch (UncheckedIOException e) {
      add(name, Finding.State.FAILED, since(start), explain(unwrapped(e)));
    } catch (IOException e) {
      add(name, Finding.State.FAILED, since(start), e.toString());
    }
    return Optional.empty();
  }

  private static StorageException unwrapped(UncheckedIOException e) {
    return e.getCause() instanceof StorageException cause
        ? cause
        : StorageException.of(ErrorKind.UNKNOWN, "The listing failed: " + e.getCause(), e);
  }

  private static String explain(StorageException problem) {
    return problem.kind()
        + ": "
        + problem.sentence()
        + " Remedy: "
        + Failures.remedy(problem)
        + ".";
  }

  private static Duration since(long start) {
    return Duration.ofNanos(System.nanoTime() - start);
  }

  private void add(String step, Finding.State state, Duration took, String text) {
    findings.add(new Finding(step, state, took, text));
  }
}
