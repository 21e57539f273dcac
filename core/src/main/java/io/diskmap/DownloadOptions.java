package io.diskmap;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * What a download gives and on what condition.
 *
 * <p>Immutable.
 *
 * @param range which bytes
 * @param ifMatch refuses another version with PRECONDITION_FAILED
 * @param expectedChecksum for {@code downloadTo}: refuses other content with CHECKSUM_MISMATCH
 * @param call limits and hooks
 */
public record DownloadOptions(
    ByteRange range,
    Optional<VersionTag> ifMatch,
    Optional<Checksum> expectedChecksum,
    CallOptions call) {
  private static final DownloadOptions DEFAULTS =
      new DownloadOptions(
          ByteRange.all(), Optional.empty(), Optional.empty(), CallOptions.defaults());

  public DownloadOptions {
    Objects.requireNonNull(range, "range");
    Objects.requireNonNull(call, "call");
  }

  /** The whole file, whatever its version. */
  public static DownloadOptions defaults() {
    return DEFAULTS;
  }

  /** The same with a range. */
  public DownloadOptions withRange(ByteRange value) {
    return new DownloadOptions(value, ifMatch, expectedChecksum, call);
  }

  /** The same for this version only. */
  public DownloadOptions withIfMatch(VersionTag value) {
    return new DownloadOptions(range, Optional.of(value), expectedChecksum, call);
  }

  /** The same, refusing content with another checksum. */
  public DownloadOptions withExpectedChecksum(Checksum value) {
    return new DownloadOptions(range, ifMatch, Optional.of(value), call);
  }

  /** The same with other limits and hooks. */
  public DownloadOptions withCall(CallOptions value) {
    return new DownloadOptions(range, ifMatch, expectedChecksum, value);
  }

  /** The same with a limit on the whole call. */
  public DownloadOptions withTimeout(Duration value) {
    return withCall(call.withTimeout(value));
  }

  /** The same with a limit on standing still. */
  public DownloadOptions withStallTimeout(Duration value) {
    return withCall(call.withStallTimeout(value));
  }

  /** The same with a hook for progress. */
  public DownloadOptions withProgress(Consumer<Progress> value) {
    return withCall(call.withProgress(value));
  }

  /** The same, ended by this switch. */
  public DownloadOptions withCancellation(Cancellation value) {
    return withCall(call.withCancellation(value));
  }
}
