package io.diskmap;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * What a delete may remove.
 *
 * <p>Immutable.
 *
 * @param ifMatch removes only this version; else PRECONDITION_FAILED; for a single file
 * @param dryRun for prefixes: counts what would go and removes nothing
 * @param call limits and hooks
 */
public record DeleteOptions(Optional<VersionTag> ifMatch, boolean dryRun, CallOptions call) {
  private static final DeleteOptions DEFAULTS =
      new DeleteOptions(Optional.empty(), false, CallOptions.defaults());

  public DeleteOptions {
    Objects.requireNonNull(call, "call");
  }

  /** Removes whatever is there. */
  public static DeleteOptions defaults() {
    return DEFAULTS;
  }

  /** Removes only this version. */
  public DeleteOptions withIfMatch(VersionTag value) {
    return new DeleteOptions(Optional.of(value), dryRun, call);
  }

  /** Counts and removes nothing. */
  public DeleteOptions withDryRun() {
    return new DeleteOptions(ifMatch, true, call);
  }

  /** The same with other limits and hooks. */
  public DeleteOptions withCall(CallOptions value) {
    return new DeleteOptions(ifMatch, dryRun, value);
  }

  /** The same with a limit on the whole call. */
  public DeleteOptions withTimeout(Duration value) {
    return withCall(call.withTimeout(value));
  }

  /** The same, ended by this switch. */
  public DeleteOptions withCancellation(Cancellation value) {
    return withCall(call.withCancellation(value));
  }
}
