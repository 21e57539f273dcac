package io.diskmap;

import java.io.IOException;
import java.util.List;

/**
 * Where the records of who did what go.
 *
 * <p>Thread-safe. The pipeline calls {@link #started} once before the effect of a user's operation
 * and {@link #finished} once after it, with the same event id, refusals and failures included.
 */
public interface AuditSink extends AutoCloseable {
  /** Records the intent; when it throws, the operation is refused with UNAVAILABLE. */
  void started(AuditEvent event) throws IOException;

  /**
   * Begins to record the intent, as {@link #started}, while the operation prepares; before the
   * operation has an effect it waits for the receipt. Its outcome is told in any case, also before
   * the receipt, and where that refuses.
   */
  default Receipt begin(AuditEvent event) throws IOException {
    started(event);
    return () -> {};
  }

  /** What an operation waits for before it has an effect. Thread-safe. */
  @FunctionalInterface
  interface Receipt {
    /** Returns once the intent is recorded; when it throws, the operation is refused. */
    void await() throws IOException;
  }

  /** Records the outcome of an operation whose intent was recorded; never throws. */
  void finished(AuditEvent event);

  @Override
  default void close() {}

  /**
   * One sink that gives each record to all of these, in their order; an operation is refused where
   * one of them refuses its intent. Its close closes them all.
   */
  static AuditSink all(AuditSink... sinks) {
    return new SharedAuditSink(List.of(sinks));
  }

  /** A sink that keeps nothing. */
  static AuditSink none() {
    return new AuditSink() {
      @Override
      public void started(AuditEvent event) {}

      @Override
      public void finished(AuditEvent event) {}
    };
  }
}
