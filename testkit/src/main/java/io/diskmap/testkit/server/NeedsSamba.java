package io.diskmap.testkit.server;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Marks tests that start a {@link SambaServer}. Where it is not installed they are passed over with
 * a word on how to install it; in continuous integration ({@code DISKMAP_CI=1}) that is a failure.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(NeedsSamba.Condition.class)
public @interface NeedsSamba {
  /** Looks for the server. For any thread. */
  final class Condition implements ExecutionCondition {
    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
      if (SambaServer.TOOL.find().isPresent() || "1".equals(System.getenv("DISKMAP_CI"))) {
        return ConditionEvaluationResult.enabled("Samba is here, or has to be");
      }
      return ConditionEvaluationResult.disabled(
          "Samba is not installed; " + SambaServer.TOOL.installHint());
    }
  }
}
