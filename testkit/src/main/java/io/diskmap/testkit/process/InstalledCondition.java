package io.diskmap.testkit.process;

import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.platform.commons.support.AnnotationSupport;

/** Decides for {@link NeedsInstalled}. Stateless; for any thread. */
final class InstalledCondition implements ExecutionCondition {
  @Override
  public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
    return AnnotationSupport.findAnnotation(context.getElement(), NeedsInstalled.class)
        .map(needs -> decide(needs, "1".equals(System.getenv("DISKMAP_CI"))))
        .orElseGet(() -> ConditionEvaluationResult.enabled("needs no program"));
  }

  static ConditionEvaluationResult decide(NeedsInstalled needs, boolean required) {
    String missing =
        Stream.of(needs.tools())
            .filter(name -> Tool.ofPackage(name, needs.packages()).find().isEmpty())
            .collect(Collectors.joining(", "));
    if (missing.isEmpty() || required) {
      return ConditionEvaluationResult.enabled("what it needs is installed, or has to be");
    }
    return ConditionEvaluationResult.disabled(
        "not installed here: " + missing + "; apt-get install " + needs.packages());
  }
}
