package io.diskmap.testkit.data;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * An endless sequence of pseudo-random bytes that a seed determines, readable at any offset.
 * Immutable, for any thread.
 *
 * <p>The eight bytes of word {@code i} are the little-endian output of SplitMix64 at position
 * {@code i}, a function of seed and position alone. So any part can be made without what precedes
 * it, and two machines with the same seed agree.
 */
public final class SeededBytes {
  private static final long GAMMA = 0x9E3779B97F4A7C15L;
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private final long start;

  /** The sequence of this seed. */
  public SeededBytes(long seed) {
    this.start = mix(seed ^ 0x6A09E667F3BCC909L);
  }

  /** The byte at an offset. */
  public byte at(long offset) {
    return (byte) (word(offset >>> 3) >>> ((offset & 7) << 3));
  }

  /** Fills a part of an array with the bytes from an offset on. */
  public void fill(long offset, byte[] target, int from, int length) {
    int position = from;
    int end = from + length;
    long at = offset;
    while (position < end && (at & 7) != 0) {
      target[position++] = at(at++);
    }
    long index = at >>> 3;
    long state = start + index * GAMMA;
    for (; position + 8 <= end; position += 8) {
      LONGS.set(target, position, mix(state));
      state += GAMMA;
      at += 8;
    }
    while (position < end) {
      target[position++] = at(at++);
    }
  }

  /** Fills what remains of a buffer with the bytes from an offset on. */
  public void fill(long offset, ByteBuffer target) {
    if (target.hasArray()) {
      int length = target.remaining();
      fill(offset, target.array(), target.arrayOffset() + target.position(), length);
      target.position(target.limit());
      return;
    }
    byte[] block = new byte[Math.min(64 * 1024, target.remaining())];
    long at = offset;
    while (target.hasRemaining()) {
      int length = Math.min(block.length, target.remaining());
      fill(at, block, 0, length);
      target.put(block, 0, length);
      at += length;
    }
  }

  private long word(long index) {
    return mix(start + index * GAMMA);
  }

  private static long mix(long value) {
    long z = (value ^ (value >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
