package io.diskmap.testkit.contract;

/** The exchanges with a store whose reply can be lost after the store has done what was asked. */
public enum Exchange {
  /** The save of a small file in one exchange. */
  PUT,
  /** The commit of a save in chunks. */
  COMMIT,
  /** A copy. */
  COPY,
  /** A move, which is a rename or a link where the protocol has one. */
  MOVE,
  /** A delete. */
  DELETE
}
