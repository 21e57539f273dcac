package io.diskmap.cli;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A process of its own that runs one command of Diskmap, and the lines that it prints. Thread-safe.
 *
 * <p>Closing ends it: gently first, by force where it takes longer than a server ever has for its
 * last calls.
 */
final class JavaProcess implements AutoCloseable {
  private static final Duration STOP_TIME = Duration.ofSeconds(60);

  private final Process process;
  private final List<String> lines = new ArrayList<>();
  private final BlockingQueue<String> news = new LinkedBlockingQueue<>();
  private final CountDownLatch drained = new CountDownLatch(1);
  private final Consumer<String> listener;

  private JavaProcess(Process process, Consumer<String> listener) {
    this.process = process;
    this.listener = listener;
    Thread reader = new Thread(this::read, "diskmap-demo-output");
    reader.setDaemon(true);
    reader.start();
  }

  /** The command line of this Java with this class path, before the arguments of Diskmap. */
  static List<String> java(String... options) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(options));
    command.add("-XX:-UsePerfData");
    command.add("-Dfile.encoding=UTF-8");
    command.add("-cp");
    command.add(absoluteClassPath());
    command.add(Diskmap.class.getName());
    return command;
  }

  private static String absoluteClassPath() {
    List<String> entries = new ArrayList<>();
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
      entries.add(Path.of(entry).toAbsolutePath().toString());
    }
    return String.join(File.pathSeparator, entries);
  }

  /**
   * Starts it with these variables besides those that no role reads; each line goes to the
   * listener.
   */
  static JavaProcess start(
      List<String> command,
      Path directory,
      Map<String, String> variables,
      Consumer<String> listener)
      throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.directory(directory.toFile());
    builder.redirectErrorStream(true);
    Map<String, String> environment = builder.environment();
    environment.keySet().removeIf(JavaProcess::isConfiguration);
    environment.put("LC_ALL", "C.UTF-8");
    environment.putAll(variables);
    return new JavaProcess(builder.start(), listener);
  }

  private static boolean isConfiguration(String name) {
    return name.startsWith("SERVER_")
        || name.startsWith("SERVICES_")
        || name.startsWith("STORAGE_")
        || name.startsWith("INTERNAL_API_")
        || name.startsWith("NAS_")
        || name.startsWith("AUDIT_")
        || name.startsWith("WORKSPACE_STORAGE_")
        || name.equals("JAVA_TOOL_OPTIONS")
        || name.equals("JDK_JAVA_OPTIONS");
  }

  private void read() {
    try (BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        synchronized (lines) {
          lines.add(line);
        }
        news.add(line);
        listener.accept(line);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      drained.countDown();
    }
  }

  long pid() {
    return process.pid();
  }

  /** The lines so far. */
  List<String> lines() {
    synchronized (lines) {
      return List.copyOf(lines);
    }
  }

  /** Waits for a line; null where none comes in time or the process ends before. */
  @Nullable String await(Predicate<String> wanted, Duration atMost) throws InterruptedException {
    long deadline = System.nanoTime() + atMost.toNanos();
    while (true) {
      String line = news.poll(50, TimeUnit.MILLISECONDS);
      if (line != null && wanted.test(line)) {
        return line;
      }
      boolean over = drained.getCount() == 0 && news.isEmpty();
      if (line == null && (over || System.nanoTime() > deadline)) {
        return null;
      }
    }
  }

  /** Waits for the end and answers the exit code; -1 where it takes longer. */
  int awaitExit(Duration atMost) throws InterruptedException {
    if (!process.waitFor(atMost.toMillis(), TimeUnit.MILLISECONDS)) {
      return -1;
    }
    drained.await(10, TimeUnit.SECONDS);
    return process.exitValue();
  }

  /** Asks it to end, as SIGTERM does, and answers the exit code. */
  int stop() throws InterruptedException {
    process.toHandle().destroy();
    int code = awaitExit(STOP_TIME);
    if (code == -1) {
      process.destroyForcibly();
    }
    return code;
  }

  @Override
  public void close() {
    if (process.isAlive()) {
      try {
        stop();
      } catch (InterruptedException e) {
        process.destroyForcibly();
        Thread.currentThread().interrupt();
      }
    }
  }
}
