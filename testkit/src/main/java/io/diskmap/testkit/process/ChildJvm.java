package io.diskmap.testkit.process;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A main class in a JVM of its own that tests talk to line by line, and kill. For any thread, one
 * reader of lines at a time.
 *
 * <p>The child has this JVM's class path and may make native calls. It tells where it is by lines
 * on its standard output, and waits for lines on its standard input. It is killed when this JVM
 * exits.
 */
public final class ChildJvm implements AutoCloseable {
  private final String name;
  private final Process process;
  private final OutputLines out;
  private final OutputLines err;
  private final BufferedWriter in;
  private final @Nullable Path argumentFile;

  private ChildJvm(String name, Process process, @Nullable Path argumentFile) {
    this.name = name;
    this.process = process;
    this.argumentFile = argumentFile;
    this.out = new OutputLines(process.getInputStream(), "child-jvm-" + process.pid() + "-out");
    this.err = new OutputLines(process.getErrorStream(), "child-jvm-" + process.pid() + "-err");
    this.in =
        new BufferedWriter(
            new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8));
  }

  /** Describes a child that runs this class's main method. */
  public static Builder of(Class<?> main) {
    return new Builder(main);
  }

  /**
   * Waits for the next line that begins so, and returns all of it; lines before it are passed over.
   *
   * @throws AssertionError with the child's output, if it ends or the time is over first
   */
  public String awaitLine(String prefix, Duration timeout) throws InterruptedException {
    Optional<String> line = out.take(text -> text.startsWith(prefix), Deadline.in(timeout));
    return line.orElseThrow(
        () -> new AssertionError("no line '" + prefix + "' within " + timeout + "\n" + report()));
  }

  /** Writes a line to the child's standard input. */
  public void send(String line) throws IOException {
    in.write(line);
    in.write('\n');
    in.flush();
  }

  /** Ends the child's standard input. */
  public void endInput() throws IOException {
    in.close();
  }

  /**
   * Waits for the child's end and returns its exit code, 128 + n after signal n.
   *
   * @throws AssertionError with the child's output if the time is over first; it runs on then
   */
  public int exitCode(Duration timeout) throws InterruptedException {
    Deadline deadline = Deadline.in(timeout);
    if (!process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
      throw new AssertionError("still running after " + timeout + "\n" + report());
    }
    out.awaitEnd(deadline);
    err.awaitEnd(deadline);
    return process.exitValue();
  }

  /** Waits for an end with exit code 0; anything else is an {@link AssertionError} with output. */
  public void awaitSuccess(Duration timeout) throws InterruptedException {
    int code = exitCode(timeout);
    if (code != 0) {
      throw new AssertionError("exit code " + code + "\n" + report());
    }
  }

  /** Kills the child at once (SIGKILL) and waits until it is gone. */
  public void kill9() throws InterruptedException {
    Reaper.killAndWait(process);
  }

  /** Whether the child lives. */
  public boolean alive() {
    return process.isAlive();
  }

  /** The process id of the child's JVM itself, also behind a prefix like {@code strace}. */
  public long pid() {
    return Stream.concat(process.descendants(), Stream.of(process.toHandle()))
        .filter(ChildJvm::isJava)
        .findFirst()
        .orElseThrow(() -> new IllegalStateException(name + " has no JVM running"))
        .pid();
  }

  /** All lines of standard output so far. */
  public List<String> output() {
    return out.all();
  }

  /** All lines of standard error so far. */
  public List<String> errors() {
    return err.all();
  }

  /** Kills the child if it still runs. */
  @Override
  public void close() throws IOException {
    Reaper.kill(process);
    if (argumentFile != null) {
      Files.deleteIfExists(argumentFile);
    }
  }

  @Override
  public String toString() {
    return "child JVM " + name + " (process " + process.pid() + ")";
  }

  private String report() {
    String state = alive() ? "still runs" : "ended with exit code " + process.exitValue();
    return this + " " + state + "\n-- output\n" + out.tail() + "\n-- errors\n" + err.tail();
  }

  private static boolean isJava(ProcessHandle handle) {
    return handle.info().command().map(path -> path.endsWith("/java")).orElse(false);
  }

  /** The description of a child. For one thread. */
  public static final class Builder {
    private final Class<?> main;
    private final List<String> prefix = new ArrayList<>();
    private final List<String> options = new ArrayList<>();
    private final List<String> arguments = new ArrayList<>();
    private final Map<String, @Nullable String> environment = new LinkedHashMap<>();
    private Path javaHome = Path.of(System.getProperty("java.home"));
    private @Nullable Path directory;
    private String shellSetup = "";
    private @Nullable String classPath;

    private Builder(Class<?> main) {
      this.main = main;
    }

    /** Adds options of the JVM, {@code -Xmx64m} for one. */
    public Builder options(String... jvmOptions) {
      options.addAll(List.of(jvmOptions));
      return this;
    }

    /** Adds arguments of the main method. */
    public Builder arguments(String... mainArguments) {
      arguments.addAll(List.of(mainArguments));
      return this;
    }

    /** Uses another class path than this JVM's. */
    public Builder classPath(String value) {
      classPath = value;
      return this;
    }

    /** Sets a variable of the environment, or takes it away by null. */
    public Builder environment(String variable, @Nullable String value) {
      environment.put(variable, value);
      return this;
    }

    /** Sets the working directory. */
    public Builder directory(Path workingDirectory) {
      directory = workingDirectory;
      return this;
    }

    /** Uses another JDK, by its home directory. */
    public Builder java(Path home) {
      javaHome = home;
      return this;
    }

    /** Puts a command in front that runs the JVM, like {@link Strace#prefix()} or prlimit. */
    public Builder prefix(List<String> command) {
      prefix.addAll(command);
      return this;
    }

    /**
     * Runs a shell command first in the child's process, which then becomes the JVM: {@code ulimit
     * -f 0} for one. A prefix applies to the shell.
     */
    public Builder shell(String setup) {
      shellSetup = setup;
      return this;
    }

    /** Starts the child. */
    public ChildJvm start() throws IOException {
      ChildClassPath used =
          classPath == null ? ChildClassPath.of(main) : new ChildClassPath(classPath);
      Path argumentFile = used.isLong() ? used.writeArgumentFile() : null;
      ProcessBuilder builder = new ProcessBuilder(command(used, argumentFile));
      environment.forEach(
          (variable, value) -> {
            if (value == null) {
              builder.environment().remove(variable);
            } else {
              builder.environment().put(variable, value);
            }
          });
      if (directory != null) {
        builder.directory(directory.toFile());
      }
      return new ChildJvm(main.getSimpleName(), Reaper.watch(builder.start()), argumentFile);
    }

    private List<String> command(ChildClassPath used, @Nullable Path argumentFile) {
      List<String> command = new ArrayList<>(prefix);
      if (!shellSetup.isEmpty()) {
        command.addAll(List.of("sh", "-c", shellSetup + " && exec \"$@\"", "sh"));
      }
      command.add(javaHome.resolve("bin").resolve("java").toString());
      command.add("--enable-native-access=ALL-UNNAMED");
      command.addAll(options);
      if (argumentFile == null) {
        command.addAll(List.of("-cp", used.value()));
      } else {
        command.add("@" + argumentFile);
      }
      command.add(main.getName());
      command.addAll(arguments);
      return command;
    }
  }
}
