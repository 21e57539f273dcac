package io.diskmap.internal.pipeline;

import io.diskmap.Durability;
import io.diskmap.ServerRole;
import io.diskmap.StoragePath;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * The common options of one disk.
 *
 * <p>Immutable.
 *
 * @param name in the disk map
 * @param driver the driver's name
 * @param role of this process
 * @param timeout of one exchange, and of a whole call that moves no file
 * @param stallTimeout how long a transfer may stand still
 * @param durability what saves promise by default; empty for the most that the driver has
 * @param showPaths whether messages may show paths
 * @param attempts how often an exchange is tried at most
 * @param readOnly whether every change is refused
 * @param recordChecksum whether every save keeps its CRC-32C
 * @param sweepAge how long an abandoned upload stays
 * @param metadataTtl how long metadata is answered from memory; zero for never
 * @param requireUser whether a call that names no user is refused
 * @param cleanup which prefixes are cleaned up, for the records of files that are saved there
 */
public record DiskSettings(
    String name,
    String driver,
    ServerRole role,
    Duration timeout,
    Duration stallTimeout,
    Optional<Durability> durability,
    boolean showPaths,
    int attempts,
    boolean readOnly,
    boolean recordChecksum,
    Duration sweepAge,
    Duration metadataTtl,
    boolean requireUser,
    List<CleanupAge> cleanup) {
  public DiskSettings {
    cleanup = List.copyOf(cleanup);
  }

  /**
   * A prefix of the disk whose files go by themselves.
   *
   * @param prefix the prefix
   * @param age the age from which a file goes
   */
  public record CleanupAge(StoragePath prefix, Duration age) {}

  /** After what time a file that is saved now goes by itself, where it does. */
  Optional<Duration> cleanupAfter(StoragePath file) {
    return cleanup.stream()
        .filter(rule -> file.isBelow(rule.prefix()))
        .map(CleanupAge::age)
        .min(Comparator.naturalOrder());
  }
}
