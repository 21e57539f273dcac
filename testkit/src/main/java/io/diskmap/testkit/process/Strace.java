package io.diskmap.testkit.process;

import io.diskmap.testkit.invariant.Eventually;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A command prefix that makes chosen system calls of a child fail, lie, wait or kill it, or that
 * records what files it touches. Immutable, for any thread; give {@link #prefix()} to {@link
 * ChildJvm.Builder#prefix}.
 *
 * <p>Calls are counted per thread, from 1: {@code at(4)} strikes the fourth matching call of
 * <em>each</em> thread. Calls that this machine's architecture does not have are left out.
 */
public final class Strace {
  /** The program itself; Linux only. */
  public static final Tool TOOL = Tool.ofPackage("strace", "strace");

  /** The calls that put bytes into a file. */
  public static final List<String> WRITES =
      List.of("write", "pwrite64", "writev", "pwritev", "copy_file_range", "sendfile");

  /** The calls that get bytes from a file. */
  public static final List<String> READS =
      List.of("read", "pread64", "readv", "preadv", "copy_file_range", "sendfile");

  /** The calls that give a file another name. */
  public static final List<String> RENAMES = List.of("rename", "renameat", "renameat2");

  /** The calls that give a file a further name. */
  public static final List<String> LINKS = List.of("link", "linkat");

  /** The calls that remove a name. */
  public static final List<String> UNLINKS = List.of("unlink", "unlinkat", "rmdir");

  /** The calls that make content or names durable. */
  public static final List<String> SYNCS = List.of("fsync", "fdatasync");

  private static final List<String> NAMING_CALLS =
      List.of(
          "open",
          "openat",
          "openat2",
          "creat",
          "mknod",
          "mknodat",
          "mkdir",
          "mkdirat",
          "rename",
          "renameat",
          "renameat2",
          "link",
          "linkat",
          "symlink",
          "symlinkat",
          "truncate",
          "bind");

  private final List<String> calls;
  private final String effect;
  private final String when;
  private final List<Path> only;

  private Strace(List<String> calls, String effect, String when, List<Path> only) {
    if (calls.isEmpty()) {
      throw new IllegalArgumentException("which system calls?");
    }
    this.calls = List.copyOf(calls);
    this.effect = effect;
    this.when = when;
    this.only = List.copyOf(only);
  }

  /** Makes the calls fail with this error ({@code ENOSPC}, {@code EIO}); nothing is done. */
  public static Strace failing(String error, List<String> calls) {
    return new Strace(calls, "error=" + error, "", List.of());
  }

  /** Makes the calls return a value without doing anything: a short or silent write. */
  public static Strace claiming(long result, List<String> calls) {
    return new Strace(calls, "retval=" + result, "", List.of());
  }

  /** Kills the process (SIGKILL) at the call, which does not happen. */
  public static Strace killing(List<String> calls) {
    return new Strace(calls, "signal=SIGKILL", "", List.of());
  }

  /** Makes the calls wait before they happen, to widen a race. */
  public static Strace delaying(Duration delay, List<String> calls) {
    return new Strace(calls, "delay_enter=" + delay.toNanos() / 1000, "", List.of());
  }

  /** Makes the calls wait after they have happened, to kill a process that does not know yet. */
  public static Strace delayingAfter(Duration delay, List<String> calls) {
    return new Strace(calls, "delay_exit=" + delay.toNanos() / 1000, "", List.of());
  }

  /** A disk that is full after this many writes to a file. */
  public static Strace diskFull(Path file, int writesBefore) {
    return failing("ENOSPC", WRITES).from(writesBefore + 1).onlyOn(file);
  }

  /**
   * Records all calls that open, make or name a file, for {@link FileChanges#read}.
   *
   * @param log the file to write the record to
   */
  public static List<String> recordingFiles(Path log) {
    return List.of(
        TOOL.path().toString(),
        "-f",
        "--seccomp-bpf",
        "-y",
        "-qq",
        "-o",
        log.toString(),
        "-e",
        "signal=none",
        "-e",
        "trace=" + known(NAMING_CALLS));
  }

  /** Strikes the n-th call of each thread only. */
  public Strace at(int call) {
    return new Strace(calls, effect, when(call, ""), only);
  }

  /** Strikes the n-th call of each thread and all that follow. */
  public Strace from(int call) {
    return new Strace(calls, effect, when(call, "+"), only);
  }

  /** Strikes calls on this very path only, by name or by descriptor; may be given repeatedly. */
  public Strace onlyOn(Path path) {
    return new Strace(calls, effect, when, Stream.concat(only.stream(), Stream.of(path)).toList());
  }

  /** The command that goes in front of the child's own. */
  public List<String> prefix() {
    List<String> command = new ArrayList<>();
    command.addAll(List.of(TOOL.path().toString(), "-f", "--seccomp-bpf", "-qq"));
    command.addAll(List.of("-o", "/dev/null"));
    for (Path path : only) {
      command.addAll(List.of("-P", path.toAbsolutePath().toString()));
    }
    command.addAll(List.of("-e", "trace=" + known(calls)));
    command.addAll(List.of("-e", "inject=" + known(calls) + ":" + effect + when));
    return command;
  }

  /**
   * Does the same to a process that runs, until the answered process is destroyed; returns when it
   * holds for every thread. Empty where the system lets nobody trace a process of others.
   */
  public Optional<Process> attach(long pid) throws IOException, InterruptedException {
    List<String> command = prefix();
    command.remove("--seccomp-bpf");
    command.addAll(List.of("-p", Long.toString(pid)));
    Process strace =
        new ProcessBuilder(command)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    boolean attached = false;
    try {
      Eventually.holds("strace is attached", () -> isTraced(pid) || !strace.isAlive());
      attached = strace.isAlive();
      return Optional.of(strace).filter(Process::isAlive);
    } finally {
      if (!attached) {
        strace.destroyForcibly();
      }
    }
  }

  private static boolean isTraced(long pid) throws IOException {
    List<Path> threads;
    try (Stream<Path> found = Files.list(Path.of("/proc/" + pid + "/task"))) {
      threads = found.toList();
    }
    for (Path thread : threads) {
      if (Files.readAllLines(thread.resolve("status")).contains("TracerPid:\t0")) {
        return false;
      }
    }
    return true;
  }

  @Override
  public String toString() {
    return String.join(",", calls) + ":" + effect + when + (only.isEmpty() ? "" : " on " + only);
  }

  private static String when(int call, String more) {
    if (call < 1) {
      throw new IllegalArgumentException("the first call is 1, not " + call);
    }
    return ":when=" + call + more;
  }

  private static String known(List<String> calls) {
    return calls.stream().map(call -> "?" + call).collect(Collectors.joining(","));
  }
}
