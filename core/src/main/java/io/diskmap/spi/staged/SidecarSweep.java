package io.diskmap.spi.staged;

import io.diskmap.StorageException;
import io.diskmap.spi.Call;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Removes the sidecars of files that are gone, on a server that tells no file ids: those that a
 * kill has left, and those of files that others have removed or replaced.
 *
 * <p>For one thread. It looks around for a few seconds at most and begins at another place each
 * time, so a disk of very many sidecars is swept in several runs. A sidecar whose file waits to be
 * published stays, however old it is. A file that is captured or aside for a moment is at no place
 * that its sidecar names, so between two looks its capturer is asked for.
 */
final class SidecarSweep {
  private static final long AT_MOST_NANOS = Duration.ofSeconds(3).toNanos();

  /** A digest of a path, size, time, and what a removal under way has added. */
  private static final Pattern NAME =
      Pattern.compile(
          "([0-9a-f]{32}-([0-9a-f]{1,15})-([0-9a-f]{1,15})\\.([0-9a-f]{1,8}))(-[0-9a-f]{32})?");

  private final StateFiles state;
  private final DeadSidecars dead;
  private final StoreClock clock;
  private final DeadSidecars.Reading reading;
  private final long start = System.nanoTime();

  SidecarSweep(
      StateFiles state, DeadSidecars dead, StoreClock clock, DeadSidecars.Reading reading) {
    this.state = state;
    this.dead = dead;
    this.clock = clock;
    this.reading = reading;
  }

  /** Tells whether somebody has a file aside, to put it back or to remove it. */
  @FunctionalInterface
  interface Captures {
    /** The paths of all files that are aside. */
    Set<String> paths() throws StorageException;
  }

  /** A sidecar whose file was nowhere. */
  private record Found(String name, String taken, RemoteStat file, Sidecars.Stored stored) {}

  void run(Duration age, Captures captures, Call call) throws StorageException {
    List<Found> found = find(age, call);
    if (found.isEmpty()) {
      return;
    }
    Set<String> aside = captures.paths();
    for (Found each : found) {
      if (!aside.contains(each.stored().path()) && !isAlive(each.stored(), each.file(), call)) {
        if (each.taken().isEmpty()) {
          dead.take(each.name(), each.stored(), reading, call);
        } else {
          state.store().remove(each.taken(), call);
        }
      }
      call.progressed();
    }
  }

  private boolean isAlive(Sidecars.Stored stored, RemoteStat file, Call call)
      throws StorageException {
    return dead.isAlive(stored, stored.path(), file, call);
  }

  private List<Found> find(Duration age, Call call) throws StorageException {
    List<String> directories = new ArrayList<>();
    String base = state.path(Sidecars.DIRECTORY);
    state
        .store()
        .list(
            base,
            (name, stat) -> {
              if (stat.isDirectory() && stat.fileId().isEmpty()) {
                directories.add(name);
              }
            },
            call);
    List<Found> found = new ArrayList<>();
    int first = directories.isEmpty() ? 0 : ThreadLocalRandom.current().nextInt(directories.size());
    for (int i = 0; i < directories.size() && isTimeLeft(); i++) {
      String directory = base + '/' + directories.get((first + i) % directories.size());
      for (Map.Entry<String, Matcher> each : old(directory, age, call).entrySet()) {
        if (!isTimeLeft()) {
          return found;
        }
        look(directory + '/', each.getValue(), call).ifPresent(found::add);
        call.progressed();
      }
    }
    return found;
  }

  private boolean isTimeLeft() {
    return System.nanoTime() - start < AT_MOST_NANOS;
  }

  private Map<String, Matcher> old(String directory, Duration age, Call call)
      throws StorageException {
    Map<String, Matcher> found = new TreeMap<>();
    state
        .store()
        .list(
            directory,
            (name, stat) -> {
              Matcher parts = NAME.matcher(name);
              boolean named = stat.isFile() && stat.fileId().isEmpty() && parts.matches();
              if (named && clock.isOlder(stat.modified(), age)) {
                found.put(name, parts);
              }
            },
            call);
    return found;
  }

  private Optional<Found> look(String directory, Matcher parts, Call call) throws StorageException {
    String found = directory + parts.group();
    String name = directory + parts.group(1);
    boolean taken = parts.group(5) != null;
    RemoteStat file = identity(parts);
    Optional<Sidecars.Stored> stored = reading.read(found).filter(s -> !s.path().isEmpty());
    if (stored.isEmpty()) {
      return Optional.empty();
    }
    if (isAlive(stored.get(), file, call)) {
      if (taken) {
        dead.putBack(found, name, call);
      }
      return Optional.empty();
    }
    return Optional.of(new Found(name, taken ? found : "", file, stored.get()));
  }

  /** Size and time of the file that a sidecar is of. */
  private static RemoteStat identity(Matcher parts) {
    long seconds = Long.parseLong(parts.group(3), 16);
    long nanos = Long.parseLong(parts.group(4), 16);
    return new RemoteStat(
        RemoteStat.Kind.FILE,
        Long.parseLong(parts.group(2), 16),
        Instant.EPOCH.plusSeconds(seconds).plusNanos(nanos),
        -1,
        "",
        Optional.empty());
  }
}
