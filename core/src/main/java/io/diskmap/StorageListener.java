package io.diskmap;

import java.time.Duration;
import java.util.Optional;

/**
 * Hears of every operation, for metrics and tracing.
 *
 * <p>Called from the calling thread, so implementations are fast, thread-safe and never throw; what
 * they throw is logged and dropped. The calls nest so, each start with one end:
 *
 * <pre>
 * operationStarted
 *   ├─ retried        (0..n: an attempt failed and the next one begins)
 *   └─ operationEnded (bytes moved, and the failure if there was one)
 * </pre>
 */
public interface StorageListener {
  /**
   * One operation.
   *
   * @param disk the disk's name
   * @param driver the driver's name
   * @param name the {@link Storage} method
   * @param requestId of the call's context, or one made for it
   */
  record Operation(String disk, String driver, String name, String requestId) {}

  /** An operation begins. */
  default void operationStarted(Operation operation) {}

  /** An attempt failed; the next one begins after the pause. */
  default void retried(
      Operation operation, int attempt, StorageException failure, Duration pause) {}

  /** The operation is over; the failure is empty for success. */
  default void operationEnded(
      Operation operation, Duration took, long bytes, Optional<StorageException> failure) {}
}
