package io.diskmap.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/** The files that the blocks of the pages work on, and how their processes are run. */
final class Fixture {
  private Fixture() {}

  /** Puts a few local files, and one on the workspace of role testing, below a directory. */
  static void prepare(Path home) throws IOException {
    Files.writeString(home.resolve("data.csv"), "id;value\n1;42\n".repeat(200));
    byte[] video = new byte[20 << 20];
    new Random(3).nextBytes(video);
    Files.write(home.resolve("video.mp4"), video);
    Path tree = Files.createDirectories(home.resolve("results/run-7/logs"));
    Files.writeString(tree.resolve("task.log"), "done\n");
    Files.writeString(home.resolve("results/run-7/summary.json"), "{}\n");
    Path models = Files.createDirectories(home.resolve("testing/workspace/models"));
    Files.write(models.resolve("ocr.bin"), video);
    Files.createDirectories(home.resolve("nas/workspace"));
    Files.createDirectories(home.resolve("nas/archive"));
  }

  /** Runs a process to its end; it must end well. */
  static void run(ProcessBuilder builder, Path home) throws IOException, InterruptedException {
    Path output = home.resolve("output.txt");
    Process process = builder.redirectErrorStream(true).redirectOutput(output.toFile()).start();
    process.getOutputStream().close();
    boolean ended = process.waitFor(120, TimeUnit.SECONDS);
    if (!ended) {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
    String said = new String(Files.readAllBytes(output), StandardCharsets.UTF_8);
    assertThat(ended).as("it ends in two minutes; it said: %s", said).isTrue();
    assertThat(process.exitValue()).as(said).isZero();
  }
}
