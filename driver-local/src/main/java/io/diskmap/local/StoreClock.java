package io.diskmap.local;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;

/**
 * The clock that dates the files: this machine's for its own file systems, the server's for a
 * mount.
 *
 * <p>Thread-safe. A file that was just written tells the store's time; from there the monotonic
 * clock of this machine counts on, so a wrong or stepping wall clock does not matter. Before the
 * first write, and on a read-only disk, the wall clock stands in, for a mount with a margin of a
 * minute.
 *
 * <p>A version is settled once its time of change lies a granularity behind: any later change shows
 * another time. File systems of this machine date changes by the kernel's tick, 10 ms at most.
 * Recent kernels give each change after a look a time of its own; where that is observed, a version
 * is settled at once.
 */
final class StoreClock {
  private static final Set<String> OWN =
      Set.of("ext2", "ext3", "ext4", "xfs", "btrfs", "tmpfs", "zfs", "f2fs", "overlay", "bcachefs");
  static final Duration TICK = Duration.ofMillis(20);
  static final Duration COARSE = Duration.ofSeconds(2);
  private static final Duration UNKNOWN_SKEW = Duration.ofMinutes(1);
  private static final long OBSERVATION_NANOS = Duration.ofMinutes(1).toNanos();

  /** The store's time at an instant of the monotonic clock. */
  private record Observation(Instant store, long nanos) {}

  private final String type;
  private volatile Observation last;
  private volatile Duration granularity;

  /** The clock of the store that holds this directory. */
  StoreClock(Path root) throws IOException {
    FileStore store = Files.getFileStore(root);
    this.type = store.type();
    this.granularity = isOwn() ? TICK : COARSE;
    Instant now = Instant.now();
    this.last = new Observation(isOwn() ? now : now.minus(UNKNOWN_SKEW), System.nanoTime());
    this.observed = false;
  }

  private volatile boolean observed;

  /** The name that the system gives the file system. */
  String type() {
    return type;
  }

  /** Whether the file system is one of this machine, and no mount of a server. */
  boolean isOwn() {
    return OWN.contains(type);
  }

  /** Whether the last observation is old enough for another one. */
  boolean wantsObservation() {
    return !observed || System.nanoTime() - last.nanos() > OBSERVATION_NANOS;
  }

  /** Takes the time of a file that was written just now. */
  void observe(Instant written) {
    last = new Observation(written, System.nanoTime());
    observed = true;
  }

  /** Takes how far apart the store dates two changes, as it was measured. */
  void measured(Duration value) {
    granularity = value;
  }

  /** The store's time now, or a little earlier. */
  Instant now() {
    Observation from = last;
    return from.store().plusNanos(System.nanoTime() - from.nanos());
  }

  /** How long ago this was. */
  Duration since(Instant time) {
    return Duration.between(time, now());
  }

  /** Whether a change after a look at {@code seen} would show another time than {@code changed}. */
  boolean isSettled(Instant changed, Instant seen) {
    return granularity.isZero() || changed.plus(granularity).isBefore(seen);
  }
}
