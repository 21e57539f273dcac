package io.diskmap.testkit.defect;

import static org.assertj.core.api.Assertions.assertThat;

import io.diskmap.testkit.contract.StorageContract;
import io.diskmap.testkit.contract.TestDisk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;

class DefectsTest {
  private static final Path PAGE = Path.of("../docs/design/testkit.md");
  private static final String BEGIN = "<!-- defects: begin -->\n";
  private static final String END = "<!-- defects: end -->";

  @ParameterizedTest
  @EnumSource
  void each_planted_defect_is_found_by_each_of_its_tests(Defect defect) throws Exception {
    DefectiveContract.planted = defect;
    for (String test : defect.foundBy()) {
      TestExecutionSummary summary = run(test);
      LeakingDefects.giveBack();
      assertThat(summary.getTestsFoundCount()).as("tests named %s", test).isEqualTo(1);
      assertThat(summary.getTestsFailedCount())
          .as("%s finds that %s", test, defect.sentence())
          .isEqualTo(1);
    }
  }

  private static TestExecutionSummary run(String test) {
    LauncherDiscoveryRequest request =
        LauncherDiscoveryRequestBuilder.request()
            .selectors(
                DiscoverySelectors.selectMethod(DefectiveContract.class, test, TestDisk.class))
            .build();
    SummaryGeneratingListener listener = new SummaryGeneratingListener();
    LauncherFactory.create().execute(request, listener);
    return listener.getSummary();
  }

  @Test
  void the_tests_that_find_defects_are_tests_of_the_contract() {
    List<String> tests =
        Stream.of(StorageContract.class.getMethods())
            .filter(method -> method.isAnnotationPresent(Test.class))
            .map(method -> method.getName())
            .toList();
    for (Defect defect : Defect.values()) {
      assertThat(tests).as(defect.name()).containsAll(defect.foundBy());
    }
  }

  @Test
  void the_page_shows_every_defect_with_the_tests_that_find_it() throws IOException {
    String page = Files.readString(PAGE);
    int begin = page.indexOf(BEGIN) + BEGIN.length();
    int end = page.indexOf(END);
    if (Boolean.getBoolean("diskmap.docs.update")) {
      Files.writeString(PAGE, page.substring(0, begin) + table() + page.substring(end));
      return;
    }
    assertThat(page.substring(begin, end))
        .as("the table of defects; write it anew with -Ddiskmap.docs.update=true")
        .isEqualTo(table());
  }

  private static String table() {
    StringBuilder table = new StringBuilder("| Defect | Found by |\n| --- | --- |\n");
    for (Defect defect : Defect.values()) {
      String tests = String.join("`, `", defect.foundBy());
      table.append("| ").append(defect.sentence()).append(" | `").append(tests).append("` |\n");
    }
    return table.toString();
  }
}
