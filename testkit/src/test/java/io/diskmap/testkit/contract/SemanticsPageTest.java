package io.diskmap.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class SemanticsPageTest {
  @Test
  void every_clause_has_words_and_a_test() throws Exception {
    assertThat(SemanticsPage.words().keySet()).containsExactlyElementsOf(Clauses.ALL);
    String page = SemanticsPage.markdown();
    for (String clause : Clauses.ALL) {
      int at = page.indexOf("**" + clause + "**");
      assertThat(page.substring(page.indexOf('\n', at) + 1)).as(clause).startsWith("<br>*");
    }
  }

  @Test
  void the_page_says_what_the_kit_proves() throws Exception {
    assertThat(Path.of("..", "docs", "semantics.md"))
        .as("made by scripts/pages")
        .hasContent(SemanticsPage.markdown());
  }
}
