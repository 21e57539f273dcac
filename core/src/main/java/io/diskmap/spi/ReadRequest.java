package io.diskmap.spi;

import io.diskmap.ByteRange;
import io.diskmap.VersionTag;
import java.util.Optional;

/**
 * What a reader is opened for.
 *
 * <p>Immutable.
 *
 * @param range which bytes
 * @param ifMatch refuses another version with PRECONDITION_FAILED; only a strong tag can match
 * @param access how the bytes will be read
 * @param call context, deadline and end
 */
public record ReadRequest(ByteRange range, Optional<VersionTag> ifMatch, Access access, Call call) {
  /** How the bytes will be read. */
  public enum Access {
    /** From the first to the last: read ahead. */
    SEQUENTIAL,
    /** As {@link #SEQUENTIAL}, by somebody who relies on {@link StorageDriver#tellsAllOnOpen}. */
    WHOLE,
    /** A little of it: read no further than asked. */
    RANDOM
  }

  /** The whole file, sequentially. */
  public static ReadRequest all(Call call) {
    return new ReadRequest(ByteRange.all(), Optional.empty(), Access.SEQUENTIAL, call);
  }
}
