package io.diskmap.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConformanceReportTest {
  private static final String RESULT =
      """
      {
        "driver": "memory", "server": "memory", "variant": "plain", "version": "17",
        "run": 3, "skipped": [], "failed": [%s],
        "clauses": {"S1": ["one_test", "another_test"], "S6": ["a_third"]%s},
        "deviations": {"S6:name": "It ends with its process."}
      }
      """;

  @TempDir Path directory;

  @Test
  void the_page_shows_what_was_proven_and_what_deviates() throws IOException {
    ConformanceReport report = report(RESULT.formatted("", ""));
    assertThat(report.problems()).isEmpty();
    assertThat(report.markdown())
        .contains("| Clause | memory (memory, plain) |")
        .contains("| S1 | yes |")
        .contains("| S2 | – |")
        .contains("| S6 | deviates in part |")
        .contains("- memory (memory, plain), S6:name: It ends with its process.")
        .contains("- **S1** another test · one test\n");
    assertThat(report.differencesFrom(report.markdown())).isEmpty();
  }

  @Test
  void a_page_that_says_otherwise_is_found() throws IOException {
    String page = report(RESULT.formatted("", "")).markdown();
    ConformanceReport more = report(RESULT.formatted("", ", \"S2\": [\"new_test\"]"));
    assertThat(more.differencesFrom(page)).hasSize(1).first().asString().contains("S2");
    assertThat(more.missingOn(page)).isEmpty();
    assertThat(more.missingOn("# Conformance\n")).first().asString().contains("no column");
  }

  @Test
  void a_failed_test_and_the_lack_of_results_are_problems() throws IOException {
    assertThat(report(RESULT.formatted("\"broken_test\"", "")).problems())
        .containsExactly("memory (memory, plain) failed or skipped broken_test.");
    assertThat(
            ConformanceReport.read(List.of(Files.createDirectory(directory.resolve("empty"))))
                .problems())
        .hasSize(1);
  }

  private ConformanceReport report(String json) throws IOException {
    Path file = directory.resolve("module/target/diskmap-conformance/memory.json");
    Files.createDirectories(file.getParent());
    Files.writeString(file, json);
    return ConformanceReport.read(List.of(directory.resolve("module")));
  }
}
