package io.diskmap.testkit.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/** A process with its descendants. For any thread. */
final class ProcessTree {
  private ProcessTree() {}

  static List<Long> pids(Process process) {
    return Stream.concat(Stream.of(process.toHandle()), process.descendants())
        .map(ProcessHandle::pid)
        .toList();
  }

  /** Waits until every thread of a process has come to a stop; a signal takes a moment to land. */
  static void awaitStopped(long pid) throws IOException, InterruptedException {
    Deadline deadline = Deadline.in(Duration.ofSeconds(60));
    while (!stopped(pid)) {
      if (deadline.passed()) {
        throw new IllegalStateException("process " + pid + " does not stop");
      }
      Deadline.pause();
    }
  }

  /** The state of a process or thread, as /proc shows it: R, S, D, T, Z and others. */
  static char state(Path procEntry) throws IOException {
    String stat = Files.readString(procEntry.resolve("stat"));
    return stat.charAt(stat.lastIndexOf(')') + 2);
  }

  private static boolean stopped(long pid) throws IOException {
    Path tasks = Path.of("/proc", Long.toString(pid), "task");
    if (Files.notExists(tasks)) {
      return true;
    }
    try (Stream<Path> threads = Files.list(tasks)) {
      for (Path thread : threads.toList()) {
        if (!stoppedOrGone(thread)) {
          return false;
        }
      }
    } catch (NoSuchFileException gone) {
      return true;
    }
    return true;
  }

  private static boolean stoppedOrGone(Path thread) throws IOException {
    try {
      return "TtZX".indexOf(state(thread)) >= 0;
    } catch (IOException e) {
      if (Files.exists(thread)) {
        throw e;
      }
      return true;
    }
  }
}
