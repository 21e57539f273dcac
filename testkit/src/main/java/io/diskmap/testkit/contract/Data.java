package io.diskmap.testkit.contract;

import io.diskmap.testkit.data.SeededContent;

/** Content for tests that fits into memory. Stateless. */
final class Data {
  private Data() {}

  /** The same bytes for the same seed and length. */
  static byte[] of(long seed, int length) {
    return new SeededContent(seed, length).toByteArray();
  }
}
