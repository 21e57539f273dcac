package io.diskmap.testkit.contract;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The threads and open descriptors of this process at one moment, to find what a test leaves behind.
 *
 * <p>Immutable. Descriptors are known on Linux only.
 */
final class Footprint {
  private static final Path DESCRIPTORS = Path.of("/proc/self/fd");
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final Set<Thread> threads;
  private final Map<String, String> descriptors;
  private final DriverHarness harness;

  private Footprint(DriverHarness harness) throws IOException {
    this.harness = harness;
    this.threads = Thread.getAllStackTraces().keySet();
    this.descriptors = descriptors();
  }

  static Footprint now(DriverHarness harness) throws IOException {
    return new Footprint(harness);
  }

  /** Waits until nothing new is left; else an error names each thing. */
  void requireNothingNew() throws Exception {
    List<List<String>> last = new ArrayList<>();
    boolean gone =
        Eventually.within(
            PATIENCE,
            () -> {
              last.clear();
              last.add(newThings());
              return last.get(0).isEmpty();
            });
    if (!gone) {
      throw new AssertionError("The test left behind: " + String.join("; ", last.get(0)));
    }
  }

  private List<String> newThings() throws IOException {
    List<String> found = new ArrayList<>();
    for (Thread thread : Thread.getAllStackTraces().keySet()) {
      if (thread.isAlive() && !threads.contains(thread) && !isPlatform(thread.getName())) {
        found.add("thread " + thread.getName());
      }
    }
    descriptors()
        .forEach(
            (number, target) -> {
              if (!target.equals(descriptors.get(number))) {
                found.add("descriptor " + number + " of " + target);
              }
            });
    return found;
  }

  private boolean isPlatform(String name) {
    return harness.isServerThread(name)
        || name.startsWith("process reaper")
        || name.startsWith("ForkJoinPool.commonPool")
        || name.startsWith("junit-")
        || name.startsWith("surefire-")
        || name.startsWith("Attach Listener")
        || name.startsWith("JFR ")
        || name.startsWith("Common-Cleaner")
        || name.startsWith("Cleaner-");
  }

  private Map<String, String> descriptors() throws IOException {
    if (!Files.isDirectory(DESCRIPTORS)) {
      return Map.of();
    }
    List<Path> open = new ArrayList<>();
    try (DirectoryStream<Path> all = Files.newDirectoryStream(DESCRIPTORS)) {
      all.forEach(open::add);
    }
    return open.stream()
        .map(path -> Map.entry(path.getFileName().toString(), target(path)))
        .filter(entry -> isOurs(entry.getValue()))
        .collect(
            Collectors.toMap(
                Map.Entry::getKey, Map.Entry::getValue, (a, b) -> b, TreeMap::new));
  }

  private static String target(Path descriptor) {
    try {
      return Files.readSymbolicLink(descriptor).toString();
    } catch (IOException e) {
      return "";
    }
  }

  private boolean isOurs(String target) {
    return !target.isEmpty()
        && !harness.isServerFile(target)
        && !target.startsWith("/proc/")
        && !target.startsWith("/dev/")
        && !target.startsWith("anon_inode:")
        && !target.startsWith(System.getProperty("java.home"))
        && !target.endsWith(".jar")
        && !target.endsWith(".so");
  }
}
