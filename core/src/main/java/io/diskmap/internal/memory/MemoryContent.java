package io.diskmap.internal.memory;

import java.nio.ByteBuffer;
import java.security.MessageDigest;

/**
 * The bytes of one version of a file, in blocks that never change, so that open readers and copies
 * share them with no lock.
 *
 * <p>Immutable; every block but the last has the block size.
 */
final class MemoryContent {
  private final byte[][] blocks;
  private final int blockSize;
  private final long length;
  private final int crc32c;

  MemoryContent(byte[][] blocks, int blockSize, long length, int crc32c) {
    this.blocks = blocks;
    this.blockSize = blockSize;
    this.length = length;
    this.crc32c = crc32c;
  }

  long length() {
    return length;
  }

  int crc32c() {
    return crc32c;
  }

  /** Copies bytes from this position to the target, at most to the end of one block. */
  int read(long position, long limit, ByteBuffer target) {
    byte[] block = blocks[(int) (position / blockSize)];
    int start = (int) (position % blockSize);
    int count =
        (int) Math.min(Math.min(block.length - start, limit - position), target.remaining());
    target.put(block, start, count);
    return count;
  }

  /** Feeds all bytes in order. */
  void digest(MessageDigest digest) {
    for (byte[] block : blocks) {
      digest.update(block);
    }
  }
}
