package io.diskmap;

/** What a caller does about a failed operation. */
public enum RetryAdvice {
  /** The cause passes by itself: put the work back in the queue and repeat it later. */
  LATER,
  /** The operation may have happened: read the metadata before repeating it. */
  LOOK_FIRST,
  /** An operator must act first: pause the consumer. */
  AFTER_FIX,
  /** Repeating the same call gives the same answer. */
  NEVER
}
