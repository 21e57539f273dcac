package io.diskmap.cli;

import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Objects;
import java.util.SplittableRandom;

/**
 * A stream of bytes that follow from a seed, the same each time and in no memory. For one thread.
 */
final class GeneratedStream extends InputStream {
  private static final int BLOCK = 64 * 1024;

  private final SplittableRandom random;
  private final ByteBuffer block = ByteBuffer.allocate(BLOCK).order(ByteOrder.LITTLE_ENDIAN);
  private long left;

  GeneratedStream(long seed, long length) {
    this.random = new SplittableRandom(seed);
    this.left = length;
    block.limit(0);
  }

  @Override
  public int read() {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
  }

  @Override
  public int read(byte[] target, int offset, int length) {
    Objects.checkFromIndexSize(offset, length, target.length);
    if (length == 0) {
      return 0;
    }
    if (left == 0) {
      return -1;
    }
    if (!block.hasRemaining()) {
      refill();
    }
    int count = (int) Math.min(left, Math.min(length, block.remaining()));
    block.get(target, offset, count);
    left -= count;
    return count;
  }

  private void refill() {
    block.clear();
    while (block.hasRemaining()) {
      block.putLong(random.nextLong());
    }
    block.flip();
  }
}
