package io.diskmap.testkit.data;

import java.io.OutputStream;
import java.util.Arrays;
import java.util.Objects;

/**
 * A sink that compares each block with the expected content and keeps none of it. For one thread.
 *
 * <p>A wrong byte fails the write at once; {@link #assertComplete()} at the end tells that no byte
 * is missing.
 */
public final class ContentCheck extends OutputStream {
  private static final int BLOCK = 64 * 1024;

  private final SeededInputStream expected;
  private final byte[] block = new byte[BLOCK];
  private final long start;
  private final long length;
  private long received;

  ContentCheck(SeededInputStream expected, long start, long length) {
    this.expected = expected;
    this.start = start;
    this.length = length;
  }

  @Override
  public void write(int value) {
    write(new byte[] {(byte) value}, 0, 1);
  }

  @Override
  public void write(byte[] data, int from, int count) {
    Objects.checkFromIndexSize(from, count, data.length);
    if (count > length - received) {
      throw new AssertionError(
          "more than the expected " + length + " bytes: at least " + (received + count));
    }
    for (int done = 0; done < count; ) {
      int part = Math.min(BLOCK, count - done);
      expected.read(block, 0, part);
      int wrong = Arrays.mismatch(block, 0, part, data, from + done, from + done + part);
      if (wrong >= 0) {
        throw new AssertionError(
            "wrong byte at offset %d: 0x%02x in place of 0x%02x"
                .formatted(start + received + wrong, data[from + done + wrong], block[wrong]));
      }
      done += part;
      received += part;
    }
  }

  /** How many bytes have come and were right. */
  public long received() {
    return received;
  }

  /** An {@link AssertionError} if bytes are missing. */
  public void assertComplete() {
    if (received != length) {
      throw new AssertionError("only " + received + " of the expected " + length + " bytes");
    }
  }
}
