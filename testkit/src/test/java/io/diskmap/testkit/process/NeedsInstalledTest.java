package io.diskmap.testkit.process;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;

class NeedsInstalledTest {
  @NeedsInstalled(
      tools = {"sh", "a-tool-that-nobody-has"},
      packages = "a-package")
  private static final class Wanting {}

  @NeedsInstalled(tools = "sh", packages = "dash")
  private static final class Content {}

  @Test
  void a_missing_program_is_named_with_what_holds_it() {
    ConditionEvaluationResult result = decide(Wanting.class, false);
    assertThat(result.isDisabled()).isTrue();
    assertThat(result.getReason())
        .contains("not installed here: a-tool-that-nobody-has; apt-get install a-package");
  }

  @Test
  void where_it_is_required_the_tests_run_and_fail_by_themselves() {
    assertThat(decide(Wanting.class, true).isDisabled()).isFalse();
  }

  @Test
  void what_is_there_is_used() {
    assertThat(decide(Content.class, false).isDisabled()).isFalse();
  }

  private static ConditionEvaluationResult decide(Class<?> tests, boolean required) {
    return InstalledCondition.decide(tests.getAnnotation(NeedsInstalled.class), required);
  }
}
