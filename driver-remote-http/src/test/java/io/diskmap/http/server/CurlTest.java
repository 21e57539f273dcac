package io.diskmap.http.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.diskmap.DiskMap;
import io.diskmap.ServerRole;
import io.diskmap.ServerSection;
import io.diskmap.StorageManager;
import io.diskmap.http.Servers;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The lines of {@code docs/protocol.md} do what they say, with the real curl. */
final class CurlTest {
  private static final String EXAMPLE_KEY = "test-key-123";

  @TempDir Path directory;

  @Test
  void every_curl_line_of_the_protocol_page_works_as_it_stands() throws Exception {
    List<String> lines = shellLines(protocolPage());
    assertThat(lines.stream().filter(line -> line.contains("curl "))).hasSizeGreaterThan(25);
    Map<String, ServerSection.Key> keys = Map.of("web", Servers.key(EXAMPLE_KEY));
    DiskMap map =
        DiskMap.builder()
            .disk("workspace", "memory", Map.of())
            .section(
                "worker_files",
                Map.of(
                    "roots",
                    Map.of("/mnt/nas/videos", "workspace:videos"),
                    "results",
                    "workspace:results"))
            .build();
    try (StorageManager storages =
            StorageManager.builder().diskMap(map).role(ServerRole.TESTING).build();
        StorageServer server = StorageServer.of(storages, Servers.section(keys))) {
      server.start();
      String script =
          "set -euo pipefail\n"
              + "curl() { command curl --fail-with-body -sS --max-time 60 \"$@\" && echo; }\n"
              + lines.stream()
                  .map(line -> line.replace("http://127.0.0.1:8001", Servers.url(server)))
                  .map(line -> "echo '--- '" + quote(line) + "\n" + line)
                  .collect(Collectors.joining("\n"));
      Process bash =
          new ProcessBuilder("bash", "-c", script)
              .directory(directory.toFile())
              .redirectErrorStream(true)
              .start();
      String output = new String(bash.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

      assertThat(bash.waitFor(60, TimeUnit.SECONDS)).isTrue();
      assertThat(bash.exitValue()).as(output).isZero();
      assertThat(directory.resolve("back.bin"))
          .hasSameBinaryContentAs(directory.resolve("big.bin"));
      assertThat(directory.resolve("typed.csv"))
          .hasSameBinaryContentAs(directory.resolve("data.csv"));
      assertThat(output)
          .contains("{\"exists\":true}")
          .contains("{\"deleted\":true}")
          .contains("{\"deleted\":false}")
          .contains("\"end\":true")
          .contains("Result uploaded successfully")
          .contains("\"sha256\":\"")
          .doesNotContain("problem");
    }
  }

  private static String quote(String line) {
    return "'" + line.replace("'", "'\\''") + "'";
  }

  private static Path protocolPage() {
    Path here = Path.of("").toAbsolutePath();
    while (!Files.exists(here.resolve("docs/protocol.md"))) {
      here = here.getParent();
    }
    return here.resolve("docs/protocol.md");
  }

  private static List<String> shellLines(Path page) throws IOException {
    boolean[] inside = {false};
    return Files.readAllLines(page).stream()
        .filter(
            line -> {
              if (line.startsWith("```")) {
                inside[0] = line.equals("```sh");
                return false;
              }
              return inside[0];
            })
        .toList();
  }
}
