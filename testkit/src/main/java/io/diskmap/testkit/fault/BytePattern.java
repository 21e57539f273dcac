package io.diskmap.testkit.fault;

/**
 * A byte sequence to look for in a stream that comes in blocks, as a Knuth-Morris-Pratt automaton:
 * the state is the number of bytes matched so far. Immutable, for any thread.
 */
final class BytePattern {
  private final byte[] bytes;
  private final int[] fallback;

  BytePattern(byte[] pattern) {
    if (pattern.length == 0) {
      throw new IllegalArgumentException("a pattern needs at least one byte");
    }
    bytes = pattern.clone();
    fallback = new int[bytes.length + 1];
    for (int i = 1, state = 0; i < bytes.length; i++) {
      while (state > 0 && bytes[i] != bytes[state]) {
        state = fallback[state];
      }
      if (bytes[i] == bytes[state]) {
        state++;
      }
      fallback[i + 1] = state;
    }
  }

  /** The state after one more byte of the stream. */
  int next(int state, byte value) {
    int from = state == bytes.length ? fallback[state] : state;
    while (from > 0 && bytes[from] != value) {
      from = fallback[from];
    }
    return bytes[from] == value ? from + 1 : 0;
  }

  /** Whether the bytes up to here end with the whole pattern. */
  boolean complete(int state) {
    return state == bytes.length;
  }
}
