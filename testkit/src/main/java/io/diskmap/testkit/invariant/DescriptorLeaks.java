package io.diskmap.testkit.invariant;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * The open descriptors of this process at one moment, to find those that were opened since and
 * never closed: sockets, files (deleted ones too) and pipes. Immutable, for any thread.
 *
 * <p>It reads {@code /proc/self/fd}; where a system has none, {@link #supported()} is false, a
 * snapshot is empty and nothing is ever reported. Jars, the JDK's own files and random devices,
 * which class loading and the JDK open once and keep, are no leaks.
 */
public final class DescriptorLeaks {
  private static final Path TABLE = Path.of("/proc/self/fd");
  private static final List<String> KEPT_BY_THE_JDK =
      List.of("/dev/random", "/dev/urandom", "/dev/null", System.getProperty("java.home") + "/");

  private final Map<Integer, String> before;

  private DescriptorLeaks(Map<Integer, String> before) {
    this.before = before;
  }

  /** Whether this system shows open descriptors. */
  public static boolean supported() {
    return Files.isDirectory(TABLE);
  }

  /** Remembers the descriptors that are open now. */
  public static DescriptorLeaks snapshot() throws IOException {
    if (supported()) {
      openWhatTheJdkKeepsForSockets();
    }
    Map<Integer, String> targets = new HashMap<>();
    list().forEach(descriptor -> targets.put(descriptor.number(), descriptor.target()));
    return new DescriptorLeaks(Map.copyOf(targets));
  }

  /** All descriptors that are open now. */
  public static List<Descriptor> list() throws IOException {
    List<Descriptor> open = new ArrayList<>();
    if (!supported()) {
      return open;
    }
    SocketTable sockets = SocketTable.read();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(TABLE)) {
      for (Path entry : entries) {
        try {
          String target = Files.readSymbolicLink(entry).toString();
          String detail = target.startsWith("socket:") ? sockets.describe(target) : "";
          int number = Integer.parseInt(entry.getFileName().toString());
          open.add(new Descriptor(number, target, detail));
        } catch (NoSuchFileException closedMeanwhile) {
          continue;
        }
      }
    }
    open.removeIf(descriptor -> descriptor.target().matches("/proc/\\d+/fd"));
    return open;
  }

  /** How many descriptors are open now. */
  public static int count() throws IOException {
    return list().size();
  }

  /** The descriptors that were opened since and still are. */
  public List<Descriptor> leaked() throws IOException {
    return list().stream()
        .filter(descriptor -> !descriptor.target().equals(before.get(descriptor.number())))
        .filter(descriptor -> !keptByTheJdk(descriptor.target()))
        .toList();
  }

  /**
   * Waits until no descriptor is left that was opened since.
   *
   * @throws AssertionError that lists those that stay
   */
  public void assertNone(Duration timeout) throws IOException, InterruptedException {
    long deadline = System.nanoTime() + timeout.toNanos();
    List<Descriptor> leaked = leaked();
    while (!leaked.isEmpty()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError(
            leaked.size()
                + " descriptors are left after "
                + timeout
                + ":\n"
                + leaked.stream().map(leak -> "  " + leak).collect(Collectors.joining("\n")));
      }
      TimeUnit.MILLISECONDS.sleep(10);
      leaked = leaked();
    }
  }

  private static boolean keptByTheJdk(String target) {
    return target.endsWith(".jar") || KEPT_BY_THE_JDK.stream().anyMatch(target::startsWith);
  }

  /** Closing a first socket makes the JDK open a pair of its own, which it keeps for good. */
  private static void openWhatTheJdkKeepsForSockets() throws IOException {
    new ServerSocket(0, 1, InetAddress.getLoopbackAddress()).close();
  }
}
