package io.diskmap;

import java.util.Objects;

/**
 * What a disk can do, as probed.
 *
 * <p>Immutable.
 *
 * @param createCondition how {@link SaveOptions#ifAbsent()} is held among racing writers
 * @param matchCondition how {@code ifMatch} is held among racing writers
 * @param durability the most that a save can promise
 * @param strongTags whether version tags become strong, so that reads resume
 * @param serverSideCopy whether a copy moves no content through this process
 * @param atomicMove whether a move is one step
 * @param caseSensitive whether names that differ only in case are two files
 * @param maxSegmentBytes the longest segment that the store holds, in UTF-8 bytes
 * @param maxPathBytes the longest path that the store holds, in UTF-8 bytes
 * @param maxFileBytes the largest file that the store holds
 */
public record Capabilities(
    Atomicity createCondition,
    Atomicity matchCondition,
    Durability durability,
    boolean strongTags,
    boolean serverSideCopy,
    boolean atomicMove,
    boolean caseSensitive,
    int maxSegmentBytes,
    int maxPathBytes,
    long maxFileBytes) {
  /** How a condition is held. */
  public enum Atomicity {
    /** The store decides in one step: every writer in the world is bound. */
    ATOMIC,
    /** A lock among Diskmap writers: other programs can come between. */
    COOPERATIVE,
    /** Not at all: asking for it ends in UNSUPPORTED. */
    NONE
  }

  public Capabilities {
    Objects.requireNonNull(createCondition, "createCondition");
    Objects.requireNonNull(matchCondition, "matchCondition");
    Objects.requireNonNull(durability, "durability");
  }
}
