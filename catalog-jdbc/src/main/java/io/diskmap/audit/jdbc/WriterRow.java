package io.diskmap.audit.jdbc;

import java.util.Optional;

/**
 * What the table of writers says of one run: the ends of its chain. Immutable; nobody changes the
 * hashes.
 *
 * @param writer its id
 * @param label the machine and the process, for people
 * @param role its server role
 * @param startedAt when it began, in microseconds
 * @param firstSequence the first link that is kept
 * @param firstPrevious the hash before that link
 * @param headSequence the last link; 0 before the first
 * @param headHash its hash
 * @param openFrom no link before this one is an intent that is open
 * @param closedBy who closed its open intents after its end; empty while it may live
 * @param witnessedBy in whose chain its last link stands; empty while it may get another one
 */
record WriterRow(
    long writer,
    String label,
    String role,
    long startedAt,
    long firstSequence,
    byte[] firstPrevious,
    long headSequence,
    byte[] headHash,
    long openFrom,
    Optional<Long> closedBy,
    Optional<Long> witnessedBy) {
  /** A chain that begins. */
  static WriterRow beginning(long writer, String label, String role, long now) {
    byte[] genesis = ChainEntry.genesis(writer);
    return new WriterRow(
        writer, label, role, now, 1, genesis, 0, genesis, 1, Optional.empty(), Optional.empty());
  }

  String name() {
    return ChainEntry.name(writer);
  }
}
