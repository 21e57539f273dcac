package io.diskmap.spi;

import io.diskmap.StoragePath;
import java.util.Optional;

/**
 * Which entries a cursor gives.
 *
 * <p>Immutable.
 *
 * @param oneLevel whether only direct entries come, directories included
 * @param startAfter only paths after this one, itself excluded
 * @param limit how many entries the caller wants at most; {@link Long#MAX_VALUE} for all
 * @param call context, deadline and end
 */
public record ListRequest(
    boolean oneLevel, Optional<StoragePath> startAfter, long limit, Call call) {
  /** All files below the prefix. */
  public static ListRequest all(Call call) {
    return new ListRequest(false, Optional.empty(), Long.MAX_VALUE, call);
  }
}
