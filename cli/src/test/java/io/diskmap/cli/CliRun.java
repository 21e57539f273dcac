package io.diskmap.cli;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Runs the command in this JVM over a disk map of its own, with captured streams. For one thread.
 */
final class CliRun {
  private static final Pattern PROGRESS = Pattern.compile("[^ ]+: [\\d.]+ \\S+( of .*)?, .*/s.*");

  private final Map<String, String> environment = new HashMap<>();
  private final Path config;
  private InputStream in = InputStream.nullInputStream();
  private Interrupts interrupts = new Interrupts();

  /** What a run gave. */
  record Result(int code, byte[] data, String err) {
    String out() {
      return new String(data, StandardCharsets.UTF_8);
    }

    List<String> lines() {
      return out().lines().toList();
    }

    /** What was said on standard error, without the progress that a slow transfer shows. */
    List<String> complaint() {
      return err.lines().filter(line -> !PROGRESS.matcher(line).matches()).toList();
    }
  }

  private CliRun(Path config) {
    this.config = config;
  }

  /** A map of two local disks, {@code a} and {@code b}, and a read-only view {@code ro} of a. */
  static CliRun twoDisks(Path directory) throws IOException {
    Path a = Files.createDirectories(directory.resolve("disk-a"));
    Path b = Files.createDirectories(directory.resolve("disk-b"));
    String map =
        """
        {"disks": {
          "a": {"driver": "local", "root": "%s"},
          "b": {"driver": "local", "root": "%s"},
          "ro": {"view_of": "a", "prefix": "", "read_only": true}}}
        """;
    return of(Files.writeString(directory.resolve("map.json"), map.formatted(a, b)));
  }

  /** This disk map. */
  static CliRun of(Path config) {
    return new CliRun(config);
  }

  CliRun with(String name, String value) {
    environment.put(name, value);
    return this;
  }

  CliRun input(byte[] bytes) {
    return input(new ByteArrayInputStream(bytes));
  }

  CliRun input(InputStream stream) {
    this.in = stream;
    return this;
  }

  CliRun interrupts(Interrupts value) {
    this.interrupts = value;
    return this;
  }

  /** Runs with {@code --config}. */
  Result run(String... args) {
    List<String> all = new ArrayList<>(List.of("--config", config.toString()));
    all.addAll(List.of(args));
    return bare(all.toArray(String[]::new));
  }

  /** Runs with these arguments alone. */
  Result bare(String... args) {
    ByteArrayOutputStream data = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Terminal terminal =
        new Terminal(
            in,
            data,
            new PrintStream(data, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            environment::get,
            false,
            100);
    int code = Diskmap.run(terminal, interrupts, args);
    return new Result(code, data.toByteArray(), err.toString(StandardCharsets.UTF_8));
  }

  /** Saves a text, and fails where that fails. */
  void given(String place, String text) {
    Result result = input(text.getBytes(StandardCharsets.UTF_8)).run("cp", "-", place);
    if (result.code() != Exit.OK) {
      throw new AssertionError(result.err());
    }
    in = InputStream.nullInputStream();
  }

  /** The text of a file. */
  String text(String place) {
    Result result = run("cat", place);
    if (result.code() != Exit.OK) {
      throw new AssertionError(result.err());
    }
    return result.out();
  }

  /** The paths below a place. */
  List<String> paths(String place) {
    return run("ls", "-r", "-1", place).lines();
  }
}
