package io.diskmap.testkit.process;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** The end of processes with all they have started, at the latest at JVM exit. For any thread. */
final class Reaper {
  private static final Duration KILLING = Duration.ofSeconds(60);
  private static final Set<Process> LIVE = ConcurrentHashMap.newKeySet();

  static {
    Runtime.getRuntime()
        .addShutdownHook(new Thread(() -> LIVE.forEach(Reaper::kill), "testkit-reaper"));
  }

  private Reaper() {}

  /** Takes a process into care until it ends. */
  static Process watch(Process process) {
    LIVE.add(process);
    process.onExit().thenRun(() -> LIVE.remove(process));
    return process;
  }

  /**
   * Kills a process and its descendants at once (SIGKILL), descendants first: a tracer that dies
   * first lets its tracee go on.
   */
  static List<ProcessHandle> kill(Process process) {
    List<ProcessHandle> descendants = process.descendants().toList();
    descendants.forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
    return descendants;
  }

  /** Kills a process and its descendants, and returns when none of them runs any longer. */
  static void killAndWait(Process process) throws InterruptedException {
    List<ProcessHandle> descendants = kill(process);
    process.waitFor();
    awaitEnd(descendants);
  }

  private static void awaitEnd(List<ProcessHandle> killed) throws InterruptedException {
    Deadline deadline = Deadline.in(KILLING);
    for (ProcessHandle each : killed) {
      while (runs(each)) {
        if (deadline.passed()) {
          throw new IllegalStateException("process " + each.pid() + " survives its kill");
        }
        Deadline.pause();
      }
    }
  }

  /**
   * Asks a process to end (SIGTERM), kills it and what it leaves behind after the grace, and
   * returns when none of them runs any longer.
   */
  static void stop(Process process, Duration grace) throws InterruptedException {
    List<ProcessHandle> descendants = process.descendants().toList();
    process.destroy();
    if (!process.waitFor(grace.toMillis(), TimeUnit.MILLISECONDS)) {
      kill(process);
      process.waitFor();
    }
    descendants.forEach(ProcessHandle::destroyForcibly);
    awaitEnd(descendants);
  }

  /** A zombie that nobody collects counts as alive for the JDK, and does nothing any longer. */
  static boolean runs(ProcessHandle handle) {
    if (!handle.isAlive()) {
      return false;
    }
    try {
      return ProcessTree.state(Path.of("/proc", Long.toString(handle.pid()))) != 'Z';
    } catch (IOException noProcOrGone) {
      return handle.isAlive();
    }
  }
}
