package io.diskmap.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PageTest {
  private static final Path DOCS = Path.of("..", "docs");

  @TempDir Path temp;

  @Test
  void the_page_says_what_was_measured() throws Exception {
    Results results = Results.read(DOCS.resolve("benchmarks.json"));
    assertThat(DOCS.resolve("benchmarks.md")).hasContent(Page.of(results));
  }

  @Test
  void results_are_read_as_they_were_written() throws Exception {
    Duel.Outcome duel =
        new Duel.Outcome("task", "peer", 0.9, List.of(1.0, 2.0, 1.5), List.of(1.0, 1.0, 1.5));
    String figure = Figure.line("figure", "ms", Double.NaN, List.of(3.25));
    Results written = new Results();
    written.put(new SuiteRun("suite", 17, 2, 24, "ext4", List.of(duel), figure));
    Path file = temp.resolve("results.json");
    written.write(file);
    Results read = Results.read(file);
    assertThat(read.runs()).containsExactlyElementsOf(written.runs());
    assertThat(Page.of(read))
        .contains("| task | peer | 1.500 | 1.000 | 1.00 (0.50 to 1.00) | 0.90 |");
  }

  @Test
  void what_was_wanted_and_not_reached_is_marked() {
    Duel.Outcome slow = new Duel.Outcome("t", "p", 1.0, List.of(2.0), List.of(1.0));
    assertThat(Page.row(slow)).contains("**not reached** 0.50");
    assertThat(Figure.line("f", "ms", 150, List.of(200.0)))
        .contains("**not reached** 200 ms", "wanted at most 150 ms");
    assertThat(Figure.line("f", "ms", 150, List.of(100.0))).doesNotContain("not");
  }
}
