package io.diskmap.sshfs;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Marks tests whose server confines a user of its own, which only root can make. Another user is
 * told so; in continuous integration ({@code DISKMAP_CI=1}) they run all the same, and fail.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(NeedsRoot.Condition.class)
@interface NeedsRoot {
  /** Looks who runs the tests. Stateless; for any thread. */
  final class Condition implements ExecutionCondition {
    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
      boolean root = System.getProperty("user.name").equals("root");
      return root || "1".equals(System.getenv("DISKMAP_CI"))
          ? ConditionEvaluationResult.enabled("root can make users")
          : ConditionEvaluationResult.disabled(
              "not installed here: a user confined by chroot; run this as root, who can make one");
    }
  }
}
