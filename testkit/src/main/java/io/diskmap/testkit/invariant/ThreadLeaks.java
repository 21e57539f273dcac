package io.diskmap.testkit.invariant;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The threads of this JVM at one moment, to find those that were started since and never ended,
 * daemons included. Immutable, for any thread.
 *
 * <pre>{@code
 * private final ThreadLeaks threads = ThreadLeaks.snapshot();
 *
 * @AfterEach
 * void no_thread_is_left() throws InterruptedException {
 *   threads.assertNone(Duration.ofSeconds(5));
 * }
 * }</pre>
 *
 * <p>Threads that the JDK keeps for the whole process (the cleaner, the common pool, the collector
 * of ended processes) are no leaks; those of a library that does the same are named with {@link
 * #ignoring}. Virtual threads are not seen.
 */
public final class ThreadLeaks {
  private static final List<String> OF_THE_JDK =
      List.of(
          "Common-Cleaner",
          "Cleaner-",
          "Finalizer",
          "Reference Handler",
          "Signal Dispatcher",
          "Attach Listener",
          "Notification Thread",
          "ForkJoinPool.commonPool-",
          "process reaper",
          "CompletableFutureDelayScheduler",
          "DestroyJavaVM");
  private static final int FRAMES = 25;

  private final Set<Thread> before;
  private final List<String> ignored;

  private ThreadLeaks(Set<Thread> before, List<String> ignored) {
    this.before = before;
    this.ignored = ignored;
  }

  /** Remembers the threads that live now. */
  public static ThreadLeaks snapshot() {
    return new ThreadLeaks(Set.copyOf(Thread.getAllStackTraces().keySet()), OF_THE_JDK);
  }

  /** This snapshot, blind to threads whose names begin so. */
  public ThreadLeaks ignoring(String... namePrefixes) {
    List<String> all = new ArrayList<>(ignored);
    all.addAll(Arrays.asList(namePrefixes));
    return new ThreadLeaks(before, List.copyOf(all));
  }

  /** The threads that were started since and live, by name. */
  public List<Thread> leaked() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> !before.contains(thread) && thread.isAlive())
        .filter(thread -> ignored.stream().noneMatch(thread.getName()::startsWith))
        .sorted(Comparator.comparing(Thread::getName))
        .toList();
  }

  /**
   * Waits until no thread is left that was started since.
   *
   * @throws AssertionError with the names and stacks of those that stay
   */
  public void assertNone(Duration timeout) throws InterruptedException {
    long deadline = System.nanoTime() + timeout.toNanos();
    for (Thread thread : leaked()) {
      long left = Math.max(1, (deadline - System.nanoTime()) / 1_000_000);
      thread.join(left);
    }
    List<Thread> leaked = leaked();
    if (!leaked.isEmpty()) {
      throw new AssertionError(
          leaked.size()
              + " threads are left after "
              + timeout
              + ":\n"
              + leaked.stream().map(ThreadLeaks::describe).collect(Collectors.joining("\n")));
    }
  }

  private static String describe(Thread thread) {
    String stack =
        Arrays.stream(thread.getStackTrace())
            .limit(FRAMES)
            .map(frame -> "\n    at " + frame)
            .collect(Collectors.joining());
    String daemon = thread.isDaemon() ? "daemon " : "";
    return "  " + daemon + "\"" + thread.getName() + "\" " + thread.getState() + stack;
  }
}
