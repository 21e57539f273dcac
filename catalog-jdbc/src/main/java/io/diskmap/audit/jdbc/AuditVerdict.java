package io.diskmap.audit.jdbc;

import java.util.List;
import java.util.Optional;

/**
 * What a verification found. Immutable.
 *
 * @param writers how many chains were looked at
 * @param entries how many links: intents, outcomes and marks
 * @param breaks where chains are broken, at most one for each, in the order of their beginnings
 */
public record AuditVerdict(int writers, long entries, List<Break> breaks) {
  public AuditVerdict {
    breaks = List.copyOf(breaks);
  }

  /**
   * The first link of a chain that is not as it was written.
   *
   * @param writer whose chain
   * @param sequence the number of the link
   * @param eventId the operation, where the link is there to name it
   * @param what a sentence that says what is wrong
   */
  public record Break(String writer, long sequence, Optional<String> eventId, String what) {}

  /** Whether every link is as it was written. */
  public boolean isIntact() {
    return breaks.isEmpty();
  }

  /** The first broken link of the first broken chain. */
  public Optional<Break> first() {
    return breaks.stream().findFirst();
  }
}
