package io.diskmap.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** A services server in a process of its own over a directory, and web processes beside it. */
final class Services implements AutoCloseable {
  static final String KEY = "a-key-of-the-tests-that-is-long-enough-0123456789";
  private static final Duration START = Duration.ofSeconds(60);

  private final Path directory;
  private final JavaProcess process;
  private final String url;

  private Services(Path directory, JavaProcess process, String url) {
    this.directory = directory;
    this.process = process;
    this.url = url;
  }

  /** Starts one over {@code <directory>/nas/workspace}. */
  static Services start(Path directory, String... arguments)
      throws IOException, InterruptedException {
    Files.createDirectories(directory.resolve("nas/workspace"));
    List<String> command = new ArrayList<>(JavaProcess.java("-XX:TieredStopAtLevel=1"));
    command.addAll(List.of("serve", "--listen", "127.0.0.1:0", "--audit", "stdout"));
    command.addAll(List.of(arguments));
    Map<String, String> variables =
        Map.of(
            "SERVER_ROLE",
            "services",
            "NAS_WORKSPACE_PATH",
            directory.resolve("nas").toString(),
            "INTERNAL_API_KEY",
            KEY);
    JavaProcess process = JavaProcess.start(command, directory, variables, line -> {});
    String line = process.await(l -> l.startsWith("listening on "), START);
    if (line == null) {
      process.close();
      throw new AssertionError("no server: " + process.lines());
    }
    String url = line.substring("listening on ".length(), line.indexOf("/internal/"));
    return new Services(directory, process, url);
  }

  String url() {
    return url;
  }

  Path root() {
    return directory.resolve("nas/workspace");
  }

  JavaProcess process() {
    return process;
  }

  /** The variables of a web process that talks to it. */
  Map<String, String> webVariables() {
    return Map.of("SERVER_ROLE", "web", "SERVICES_URL", url, "INTERNAL_API_KEY", KEY);
  }

  /** The command in this JVM, in role web. */
  CliRun web() {
    CliRun web = CliRun.of(directory.resolve("no-map.json"));
    webVariables().forEach(web::with);
    return web;
  }

  /** A web process of its own. */
  JavaProcess webProcess(String... arguments) throws IOException {
    List<String> command = new ArrayList<>(JavaProcess.java("-XX:TieredStopAtLevel=1"));
    command.addAll(List.of(arguments));
    return JavaProcess.start(command, directory, new HashMap<>(webVariables()), line -> {});
  }

  /** Waits for an audit line. */
  boolean awaitRecord(Predicate<String> wanted) throws InterruptedException {
    return process.lines().stream().anyMatch(wanted) || process.await(wanted, START) != null;
  }

  /** Waits until a save is staged on the disk, so that its request is under way for sure. */
  void awaitStaged() {
    long deadline = System.nanoTime() + START.toNanos();
    while (System.nanoTime() < deadline) {
      try (Stream<Path> files = Files.list(root())) {
        if (files.anyMatch(f -> f.getFileName().toString().startsWith(".diskmap-"))) {
          return;
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      LockSupport.parkNanos(Duration.ofMillis(10).toNanos());
    }
    throw new AssertionError("nothing was staged");
  }

  @Override
  public void close() {
    process.close();
  }
}
