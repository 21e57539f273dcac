package io.diskmap.spi;

import io.diskmap.Checksum;
import io.diskmap.ChecksumAlgorithm;
import java.util.List;
import java.util.Optional;

/**
 * The end of a save: how long it is and what the core computed on the way.
 *
 * <p>Immutable.
 *
 * @param length of the whole content; a gap below it ends in LENGTH_MISMATCH
 * @param computed checksums that the core took from the source in order; empty for caller-driven
 *     uploads
 * @param call context, deadline and end
 */
public record CommitRequest(long length, List<Checksum> computed, Call call) {
  public CommitRequest {
    computed = List.copyOf(computed);
    if (length < 0) {
      throw new IllegalArgumentException("a length is not negative");
    }
  }

  /** What the core computed with this algorithm. */
  public Optional<Checksum> computed(ChecksumAlgorithm algorithm) {
    return computed.stream().filter(c -> c.algorithm() == algorithm).findFirst();
  }
}
