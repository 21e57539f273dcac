package io.diskmap.catalog.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.diskmap.Secret;
import io.diskmap.ServerSection;
import io.diskmap.StorageManager;
import io.diskmap.catalog.TaskFiles;
import io.diskmap.http.server.StorageServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The curl lines of {@code docs/catalogue.md} do what they say, with the real curl. */
class CurlLinesTest {
  @TempDir Path directory;

  @Test
  void every_curl_line_of_the_guide_works_as_it_stands() throws Exception {
    List<String> lines = curlLines();
    assertThat(lines).hasSizeGreaterThan(5);
    SignedTokens tokens = SignedTokens.of(Secret.of("k".repeat(32)));
    Path output = Files.createDirectories(directory.resolve("output/pages"));
    Files.writeString(output.resolve("summary.json"), "{\"pages\":3}");
    ServerSection.Key key =
        new ServerSection.Key(
            Secret.of("a".repeat(32)), Optional.empty(), List.of(), List.of(""), false, false);
    ServerSection section =
        new ServerSection(
            InetSocketAddress.createUnresolved("127.0.0.1", 0), Optional.empty(), Map.of("k", key));
    try (StorageManager storages = StorageManager.inMemory("workspace");
        TaskFiles catalogue =
            TaskFiles.on(storages.workspace()).directory(directory.resolve("db")).open();
        StorageServer server =
            StorageServer.builder(storages)
                .section(section)
                .mount(TaskFilesApi.BASE, TaskFilesApi.of(catalogue, tokens))
                .build()) {
      server.start();
      Instant submitted = Instant.parse("2026-03-01T12:30:45Z");
      catalogue.collect(directory.resolve("output"), "ann", "ocr", submitted, "task-7");
      String script =
          "set -eu\ncurl() { command curl --fail-with-body -sS --max-time 60 \"$@\"; echo; }\n"
              + String.join("\n", lines);
      ProcessBuilder builder =
          new ProcessBuilder("bash", "-c", script)
              .directory(directory.toFile())
              .redirectErrorStream(true);
      builder.environment().put("TOKEN", tokens.issue("ann", Duration.ofMinutes(5)));
      builder.environment().put("SERVER", "http://127.0.0.1:" + server.address().getPort());
      Process bash = builder.start();
      String said = new String(bash.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

      assertThat(bash.waitFor(60, TimeUnit.SECONDS)).isTrue();
      assertThat(bash.exitValue()).as(said).isZero();
      assertThat(directory.resolve("summary.json")).hasContent("{\"pages\":3}");
      assertThat(said).contains("\"task_id\":\"task-7\"", "{\"pages\"", "\"deleted\":1");
    }
  }

  private static List<String> curlLines() throws IOException {
    Path here = Path.of("").toAbsolutePath();
    while (!Files.exists(here.resolve("docs/catalogue.md"))) {
      here = here.getParent();
    }
    return Files.readAllLines(here.resolve("docs/catalogue.md")).stream()
        .filter(line -> line.startsWith("curl ") && line.contains("$SERVER"))
        .collect(Collectors.toList());
  }
}
