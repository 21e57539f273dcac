package io.diskmap.testkit.process;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * A program of this machine that tests need, with a hint how to install it. An immutable value for
 * any thread.
 *
 * @param name the name of the executable, looked up on the PATH and in the directories of system
 *     programs, which an ordinary user's PATH leaves out
 * @param installHint what to type to get it
 */
public record Tool(String name, String installHint) {
  private static final List<String> SYSTEM_DIRECTORIES =
      List.of("/usr/local/sbin", "/usr/sbin", "/sbin", "/usr/local/bin", "/usr/bin", "/bin");
  private static final Duration VERSION_TIMEOUT = Duration.ofSeconds(20);

  /** A tool that comes with a Debian package. */
  public static Tool ofPackage(String name, String debianPackage) {
    return new Tool(name, "apt-get install " + debianPackage);
  }

  /** Where the executable is, if this machine has it. */
  public Optional<Path> find() {
    Set<String> directories = new LinkedHashSet<>();
    String path = System.getenv("PATH");
    if (path != null) {
      directories.addAll(List.of(path.split(File.pathSeparator)));
    }
    directories.addAll(SYSTEM_DIRECTORIES);
    return directories.stream()
        .filter(directory -> !directory.isEmpty())
        .map(directory -> Path.of(directory, name))
        .filter(file -> Files.isRegularFile(file) && Files.isExecutable(file))
        .findFirst();
  }

  /** Where the executable is; an {@link IllegalStateException} with the hint if it is not there. */
  public Path path() {
    return find()
        .orElseThrow(
            () ->
                new IllegalStateException(
                    name + " is not installed on this machine; install it with: " + installHint));
  }

  /** The first line that the tool prints about its version, on either output. */
  public String version(String... arguments) throws IOException, InterruptedException {
    ToolRun run =
        run(VERSION_TIMEOUT, arguments.length == 0 ? new String[] {"--version"} : arguments);
    return (run.out() + "\n" + run.err())
        .lines()
        .filter(line -> !line.isBlank())
        .findFirst()
        .map(String::strip)
        .orElseThrow(() -> new IllegalStateException(name + " prints no version"));
  }

  /** Runs the tool to its end. */
  public ToolRun run(Duration timeout, String... arguments)
      throws IOException, InterruptedException {
    return run(timeout, Map.of(), arguments);
  }

  /**
   * Runs the tool to its end, with further environment variables. Output goes through files, so a
   * daemon that the tool leaves behind holds nothing up.
   *
   * @throws IllegalStateException if it has not ended in time; it is killed then
   */
  public ToolRun run(Duration timeout, Map<String, String> environment, String... arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(path().toString());
    command.addAll(List.of(arguments));
    Path out = Files.createTempFile(name + "-", ".out");
    Path err = Files.createTempFile(name + "-", ".err");
    try {
      ProcessBuilder builder =
          new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
      builder.environment().putAll(environment);
      Process process = Reaper.watch(builder.start());
      process.getOutputStream().close();
      String line = String.join(" ", command);
      if (!process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
        Reaper.kill(process);
        process.waitFor();
        throw new IllegalStateException(
            "not done within " + timeout + ": " + line + "\n" + LogTail.of(err));
      }
      return new ToolRun(line, process.exitValue(), text(out), text(err));
    } finally {
      Files.deleteIfExists(out);
      Files.deleteIfExists(err);
    }
  }

  private static String text(Path file) throws IOException {
    return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
  }
}
