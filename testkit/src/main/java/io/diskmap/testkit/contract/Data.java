package io.diskmap.testkit.contract;

import java.io.IOException;
import java.io.InputStream;
import java.util.SplittableRandom;

/** Content for tests, the same for the same seed. Stateless. */
public final class Data {
  private Data() {}

  /** This many bytes that no compression shortens. */
  public static byte[] of(long seed, int length) {
    byte[] bytes = new byte[length];
    new SplittableRandom(seed).nextBytes(bytes);
    return bytes;
  }

  /** A stream of this many bytes, each of them computed as it is read. */
  public static InputStream stream(long seed, long length) {
    return new Pattern(seed, length);
  }

  /** The byte at this place of {@link #stream}. */
  public static byte at(long seed, long position) {
    long x = (position >>> 3) + seed * 0x9E3779B97F4A7C15L;
    x = (x ^ (x >>> 30)) * 0xBF58476D1CE4E5B9L;
    x = (x ^ (x >>> 27)) * 0x94D049BB133111EBL;
    return (byte) (x >>> (8 * (position & 7)));
  }

  private static final class Pattern extends InputStream {
    private final long seed;
    private final long length;
    private long position;

    Pattern(long seed, long length) {
      this.seed = seed;
      this.length = length;
    }

    @Override
    public int read() {
      return position == length ? -1 : at(seed, position++) & 0xFF;
    }

    @Override
    public int read(byte[] target, int offset, int count) {
      if (position == length) {
        return count == 0 ? 0 : -1;
      }
      int given = (int) Math.min(count, length - position);
      for (int i = 0; i < given; i++) {
        target[offset + i] = at(seed, position + i);
      }
      position += given;
      return given;
    }
  }

  /** Whether a stream gives exactly the bytes of {@link #stream} of the same seed and length. */
  public static boolean matches(InputStream in, long seed, long length) throws IOException {
    byte[] block = new byte[64 * 1024];
    long position = 0;
    for (int count; (count = in.read(block)) >= 0; ) {
      for (int i = 0; i < count; i++) {
        if (position + i >= length || block[i] != at(seed, position + i)) {
          return false;
        }
      }
      position += count;
    }
    return position == length;
  }
}
