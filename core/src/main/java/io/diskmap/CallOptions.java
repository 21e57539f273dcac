package io.diskmap;

import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The limits and hooks that every call can have.
 *
 * <p>Immutable.
 *
 * @param timeout the most the whole call may take; without it only calls that move no file have one
 * @param stallTimeout the most a transfer may stand still; without it the disk's option holds
 * @param onProgress told at most four times a second, and once at the end, from the calling thread
 * @param cancellation ends the call when thrown
 */
public record CallOptions(
    Optional<Duration> timeout,
    Optional<Duration> stallTimeout,
    Optional<Consumer<Progress>> onProgress,
    Optional<Cancellation> cancellation) {
  private static final CallOptions DEFAULTS =
      new CallOptions(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

  public CallOptions {
    timeout.ifPresent(t -> requirePositive("timeout", t));
    stallTimeout.ifPresent(t -> requirePositive("stall timeout", t));
  }

  private static void requirePositive(String name, Duration value) {
    if (value.isNegative() || value.isZero()) {
      throw new IllegalArgumentException("the " + name + " must be positive");
    }
  }

  /** No limits but the disk's. */
  public static CallOptions defaults() {
    return DEFAULTS;
  }

  /** The same with a limit on the whole call. */
  public CallOptions withTimeout(Duration value) {
    return new CallOptions(Optional.of(value), stallTimeout, onProgress, cancellation);
  }

  /** The same with a limit on standing still. */
  public CallOptions withStallTimeout(Duration value) {
    return new CallOptions(timeout, Optional.of(value), onProgress, cancellation);
  }

  /** The same with a hook for progress. */
  public CallOptions withProgress(Consumer<Progress> value) {
    return new CallOptions(timeout, stallTimeout, Optional.of(value), cancellation);
  }

  /** The same, ended by this switch. */
  public CallOptions withCancellation(Cancellation value) {
    return new CallOptions(timeout, stallTimeout, onProgress, Optional.of(value));
  }
}
