package io.diskmap.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Ctrl-C ends a command cleanly: what was there before stands. */
class InterruptTest {
  @TempDir Path directory;

  @Test
  void ctrl_c_during_a_save_leaves_the_old_file() throws IOException, InterruptedException {
    CliRun cli = CliRun.twoDisks(directory);
    cli.given("a:x", "old");
    List<String> command = new ArrayList<>(heedingInterrupts());
    command.addAll(JavaProcess.java("-XX:TieredStopAtLevel=1"));
    command.addAll(List.of("--config", directory.resolve("map.json").toString(), "cp", "-", "a:x"));
    Path said = directory.resolve("said");
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(said.toFile()).start();
    try (OutputStream in = process.getOutputStream()) {
      in.write(new byte[4 << 20]);
      in.flush();
      new ProcessBuilder("kill", "-INT", Long.toString(process.pid())).start().waitFor();
      assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    } catch (IOException closedByTheEndOfTheProcess) {
      assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    }
    String text = Files.readString(said, StandardCharsets.UTF_8);
    assertThat(process.exitValue()).as(text).isEqualTo(130);
    assertThat(text).contains("diskmap: CANCELLED: ").contains("remedy: ").doesNotContain("\tat ");
    assertThat(cli.text("a:x")).isEqualTo("old");
    assertThat(cli.paths("a:")).containsExactly("x");
    try (var files = Files.walk(directory.resolve("disk-a"))) {
      assertThat(files.filter(Files::isRegularFile).map(f -> f.getFileName().toString()))
          .noneMatch(name -> name.startsWith(".diskmap-"));
    }
  }

  /** A process started in the background ignores SIGINT, and so would the ones that it starts. */
  private static List<String> heedingInterrupts() throws IOException {
    Path status = Path.of("/proc/self/status");
    if (!Files.isReadable(status)) {
      return List.of();
    }
    long ignored =
        Files.readAllLines(status).stream()
            .filter(line -> line.startsWith("SigIgn:"))
            .mapToLong(line -> Long.parseUnsignedLong(line.substring(7).strip(), 16))
            .findFirst()
            .orElse(0);
    boolean ignoresInterrupts = (ignored & 1L << 1) != 0;
    return ignoresInterrupts ? List.of("env", "--default-signal=INT") : List.of();
  }

  @Test
  void a_cancelled_call_is_a_failure_with_a_remedy() throws IOException {
    CliRun cli = CliRun.twoDisks(directory);
    cli.given("a:x", "old");
    Interrupts interrupts = new Interrupts();
    interrupts.cancellation().cancel();
    cli.interrupts(interrupts);
    for (int i = 0; i < 50; i++) {
      CliRun.Result result = cli.input(new byte[10]).run("cp", "-", "a:x");
      assertThat(result.code()).isEqualTo(Exit.FAILURE);
      assertThat(result.err()).contains("CANCELLED").doesNotContain("UNKNOWN");
    }
    assertThat(cli.interrupts(new Interrupts()).text("a:x")).isEqualTo("old");
  }
}
