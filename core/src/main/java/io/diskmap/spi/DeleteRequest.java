package io.diskmap.spi;

import io.diskmap.VersionTag;
import java.util.Optional;

/**
 * Which version of a file a delete removes.
 *
 * <p>Immutable.
 *
 * @param ifMatch only this one, else PRECONDITION_FAILED with the file untouched (clause D8)
 * @param call context, deadline and end
 */
public record DeleteRequest(Optional<VersionTag> ifMatch, Call call) {
  /** Whatever is there. */
  public static DeleteRequest any(Call call) {
    return new DeleteRequest(Optional.empty(), call);
  }
}
