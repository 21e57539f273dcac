package io.diskmap.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * One suite as it was run on one machine.
 *
 * <p>Immutable.
 *
 * @param suite its name
 * @param java the feature release
 * @param cores how many processors the machine has
 * @param memoryGiB the machine's memory
 * @param fileSystem the type of the file system that was used
 * @param duels what was measured beside a peer, in order
 * @param facts what else was measured, as lines of the page
 */
record SuiteRun(
    String suite,
    int java,
    int cores,
    int memoryGiB,
    String fileSystem,
    List<Duel.Outcome> duels,
    String facts) {
  SuiteRun {
    duels = List.copyOf(duels);
  }

  /** A run on this machine. */
  static SuiteRun here(String suite, Path used, List<Duel.Outcome> duels, String facts)
      throws IOException {
    return new SuiteRun(
        suite,
        Runtime.version().feature(),
        Runtime.getRuntime().availableProcessors(),
        machineMemory(),
        Files.getFileStore(used).type(),
        duels,
        facts);
  }

  /** By this it stands in the results: one run for each suite and Java. */
  String key() {
    return suite + ", Java " + java;
  }

  private static int machineMemory() throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/meminfo"))) {
      if (line.startsWith("MemTotal:")) {
        return Math.round(Long.parseLong(line.replaceAll("\\D", "")) / (1024f * 1024));
      }
    }
    return 0;
  }
}
