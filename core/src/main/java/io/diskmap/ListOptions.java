package io.diskmap;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * Which entries a listing gives.
 *
 * <p>Immutable.
 *
 * @param oneLevel whether only the entries directly below the prefix come, directories included
 * @param startAfter only paths after this one come, itself excluded; it need not exist
 * @param limit how many entries a page of {@link Storage#listPage} has at most: 1 to 10 000
 * @param call limits and hooks
 */
public record ListOptions(
    boolean oneLevel, Optional<StoragePath> startAfter, int limit, CallOptions call) {
  private static final ListOptions DEFAULTS =
      new ListOptions(false, Optional.empty(), 1000, CallOptions.defaults());

  public ListOptions {
    Objects.requireNonNull(call, "call");
    if (limit < 1 || limit > 10_000) {
      throw new IllegalArgumentException("the limit is from 1 to 10000");
    }
  }

  /** All files below the prefix. */
  public static ListOptions defaults() {
    return DEFAULTS;
  }

  /** Only the entries directly below the prefix, directories included (clause L4). */
  public ListOptions withOneLevel() {
    return new ListOptions(true, startAfter, limit, call);
  }

  /** Only paths after this one. */
  public ListOptions withStartAfter(StoragePath value) {
    return new ListOptions(oneLevel, Optional.of(value), limit, call);
  }

  /** Pages of at most this many entries. */
  public ListOptions withLimit(int value) {
    return new ListOptions(oneLevel, startAfter, value, call);
  }

  /** The same with other limits and hooks. */
  public ListOptions withCall(CallOptions value) {
    return new ListOptions(oneLevel, startAfter, limit, value);
  }

  /** The same with a limit on the whole call. */
  public ListOptions withTimeout(Duration value) {
    return withCall(call.withTimeout(value));
  }

  /** The same, ended by this switch. */
  public ListOptions withCancellation(Cancellation value) {
    return withCall(call.withCancellation(value));
  }
}
