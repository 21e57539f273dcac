package io.diskmap.testkit.server;

import io.diskmap.testkit.process.NeedsInstalled;
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
 * Marks tests that start a {@link GaneshaServer}. They need the program and a user who may run it;
 * where either is missing the report says so, and in continuous integration ({@code DISKMAP_CI=1})
 * they fail.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@NeedsInstalled(tools = "ganesha.nfsd", packages = "nfs-ganesha nfs-ganesha-vfs")
@ExtendWith(NeedsGanesha.Condition.class)
public @interface NeedsGanesha {
  /** Asks whether this user may run it. For any thread. */
  final class Condition implements ExecutionCondition {
    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
      Optional<String> obstacle = GaneshaServer.obstacle();
      return obstacle.isEmpty() || "1".equals(System.getenv("DISKMAP_CI"))
          ? ConditionEvaluationResult.enabled("nfs-ganesha can run here, or has to")
          : ConditionEvaluationResult.disabled(obstacle.get());
    }
  }
}
