package io.diskmap.testkit.server;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.Optional;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Marks tests that start a {@link GaneshaServer}. Where none can run they are passed over
 * with a word on what it takes; in continuous integration ({@code DISKMAP_CI=1}) that is a
 * failure.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(NeedsGanesha.Condition.class)
public @interface NeedsGanesha {
  /** Looks for the server. For any thread. */
  final class Condition implements ExecutionCondition {
    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
      Optional<String> obstacle = GaneshaServer.obstacle();
      if (obstacle.isEmpty() || "1".equals(System.getenv("DISKMAP_CI"))) {
        return ConditionEvaluationResult.enabled("nfs-ganesha can run here, or has to");
      }
      return ConditionEvaluationResult.disabled(obstacle.get());
    }
  }
}
