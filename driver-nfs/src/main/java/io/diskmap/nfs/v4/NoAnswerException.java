package io.diskmap.nfs.v4;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * A compound whose reply did not come, and whether it can have been executed. Any thread may see
 * it.
 */
public final class NoAnswerException extends IOException {
  private static final long serialVersionUID = 1L;

  private final boolean maybeExecuted;

  NoAnswerException(boolean maybeExecuted, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.maybeExecuted = maybeExecuted;
  }

  /** Whether the server may have done what the compound says. */
  public boolean isMaybeExecuted() {
    return maybeExecuted;
  }
}
