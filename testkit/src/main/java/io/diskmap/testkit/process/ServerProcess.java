package io.diskmap.testkit.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * An external server that tests start, stop, kill and start again. For any thread; one change of
 * state at a time, which the others wait for.
 *
 * <p>Standard output and error go to its log file, appended over restarts. A server that does not
 * get ready in time is killed, and the error shows the end of the log. It is killed with everything
 * it started when this JVM exits.
 */
public final class ServerProcess implements AutoCloseable {
  private final Builder settings;
  private final Path logFile;
  private final ReentrantLock changing = new ReentrantLock();
  private volatile @Nullable Process process;

  private ServerProcess(Builder settings, Path logFile) {
    this.settings = settings;
    this.logFile = logFile;
  }

  /** Describes a server; the name is for messages and the log. */
  public static Builder builder(String name, List<String> command) {
    return new Builder(name, command);
  }

  /** Starts the server and waits until it is ready; does nothing while it runs. */
  public ServerProcess start() throws IOException, InterruptedException {
    changing.lockInterruptibly();
    try {
      if (!running()) {
        launch();
      }
      return this;
    } finally {
      changing.unlock();
    }
  }

  /** Asks the server to end, and kills it if it has not after 10 seconds. */
  public void stop() throws InterruptedException {
    changing.lockInterruptibly();
    try {
      Process running = process;
      if (running != null) {
        Reaper.stop(running, settings.grace);
      }
    } finally {
      changing.unlock();
    }
  }

  /** Kills the server and all its children at once, as a power cut would. */
  public void kill9() throws InterruptedException {
    Process running = process;
    if (running != null) {
      Reaper.killAndWait(running);
    }
  }

  /** Stops the server and starts it again with the same command. */
  public void restart() throws IOException, InterruptedException {
    stop();
    start();
  }

  /** Stops the server's execution with its sockets open (SIGSTOP): the peer that stalls. */
  public void freeze() throws IOException, InterruptedException {
    for (long pid : signal("-STOP")) {
      ProcessTree.awaitStopped(pid);
    }
  }

  /** Lets a frozen server go on (SIGCONT). */
  public void thaw() throws IOException, InterruptedException {
    signal("-CONT");
  }

  /** Whether the process lives. */
  public boolean running() {
    Process now = process;
    return now != null && now.isAlive();
  }

  /** The process id, empty before the first start. */
  public Optional<Long> pid() {
    return Optional.ofNullable(process).map(Process::pid);
  }

  /** Where the server's output goes. */
  public Path logFile() {
    return logFile;
  }

  /** The last lines of the server's output. */
  public String logTail() {
    return LogTail.of(logFile);
  }

  /** Stops the server; closing again does nothing. */
  @Override
  public void close() {
    try {
      stop();
    } catch (InterruptedException e) {
      Process running = process;
      if (running != null) {
        Reaper.kill(running);
      }
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public String toString() {
    return settings.name + (running() ? " (running)" : " (not running)");
  }

  private void launch() throws IOException, InterruptedException {
    ProcessBuilder builder =
        new ProcessBuilder(settings.command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(logFile.toFile()));
    builder.environment().putAll(settings.environment);
    if (settings.directory != null) {
      builder.directory(settings.directory.toFile());
    }
    Process started = Reaper.watch(builder.start());
    process = started;
    started.getOutputStream().close();
    awaitReady(started);
  }

  private void awaitReady(Process started) throws InterruptedException {
    Deadline deadline = Deadline.in(settings.startTimeout);
    Exception notYet = null;
    while (true) {
      if (!started.isAlive()) {
        throw failure(
            "ended with exit code " + started.exitValue() + " before it was ready", notYet);
      }
      try {
        if (settings.readiness.ready(this) && started.isAlive()) {
          return;
        }
      } catch (InterruptedException e) {
        Reaper.kill(started);
        throw e;
      } catch (Exception e) {
        notYet = e;
      }
      if (deadline.passed()) {
        Reaper.killAndWait(started);
        throw failure("was not ready within " + settings.startTimeout, notYet);
      }
      started.waitFor(20, TimeUnit.MILLISECONDS);
    }
  }

  private IllegalStateException failure(String what, @Nullable Exception cause) {
    return new IllegalStateException(
        settings.name
            + " "
            + what
            + "\ncommand: "
            + String.join(" ", settings.command)
            + "\nend of its log:\n"
            + logTail(),
        cause);
  }

  private List<Long> signal(String signal) throws IOException, InterruptedException {
    Process running = process;
    if (running == null || !running.isAlive()) {
      throw new IllegalStateException(settings.name + " is not running");
    }
    List<Long> pids = ProcessTree.pids(running);
    for (long pid : pids) {
      new ProcessBuilder("kill", signal, Long.toString(pid)).start().waitFor();
    }
    return pids;
  }

  /** The description of a server. For one thread. */
  public static final class Builder {
    private final String name;
    private final List<String> command;
    private final Map<String, String> environment = new LinkedHashMap<>();
    private @Nullable Path directory;
    private @Nullable Path log;
    private Readiness readiness = Readiness.running();
    private Duration startTimeout = Duration.ofSeconds(90);
    private Duration grace = Duration.ofSeconds(10);

    private Builder(String name, List<String> command) {
      this.name = name;
      this.command = List.copyOf(command);
    }

    /** Sets one variable of the server's environment. */
    public Builder environment(String variable, String value) {
      environment.put(variable, value);
      return this;
    }

    /** Sets the working directory. */
    public Builder directory(Path workingDirectory) {
      directory = workingDirectory;
      return this;
    }

    /** Sets the log file; by default a temporary one that is deleted at JVM exit. */
    public Builder log(Path file) {
      log = file;
      return this;
    }

    /** Sets what tells that the server is ready. */
    public Builder readyWhen(Readiness condition) {
      readiness = condition;
      return this;
    }

    /** Sets how long the start may take, 90 s by default. */
    public Builder startTimeout(Duration timeout) {
      startTimeout = timeout;
      return this;
    }

    /** Sets how long an orderly stop may take before the server is killed, 10 s by default. */
    public Builder grace(Duration timeout) {
      grace = timeout;
      return this;
    }

    /** The server, not started yet. */
    public ServerProcess build() throws IOException {
      Path file = log;
      if (file == null) {
        file = Files.createTempFile(name + "-", ".log");
        file.toFile().deleteOnExit();
      }
      return new ServerProcess(this, file);
    }

    /** The server, started and ready. */
    public ServerProcess start() throws IOException, InterruptedException {
      return build().start();
    }
  }
}
