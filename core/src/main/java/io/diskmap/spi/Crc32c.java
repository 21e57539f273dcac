package io.diskmap.spi;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * CRC-32C of chunks, and the join of the values of neighbouring chunks without their bytes.
 *
 * <p>Stateless. Joining multiplies the first value by x<sup>8n</sup> modulo the Castagnoli
 * polynomial, where n is the length of the second part, and adds the second value.
 */
public final class Crc32c {
  private static final int POLYNOMIAL = 0x82F63B78;
  private static final int[] POWERS = new int[32];

  static {
    int power = 1 << 30;
    POWERS[0] = power;
    for (int i = 1; i < 32; i++) {
      power = multiply(power, power);
      POWERS[i] = power;
    }
  }

  private Crc32c() {}

  /** The value of a buffer's remaining bytes; the buffer's position stays. */
  public static int of(ByteBuffer bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes.duplicate());
    return (int) crc.getValue();
  }

  /** The value of the first part followed by the second, which has this many bytes. */
  public static int join(int first, int second, long secondLength) {
    return multiply(shift(secondLength), first) ^ second;
  }

  private static int shift(long bytes) {
    int product = 1 << 31;
    long remaining = bytes;
    for (int bit = 3; remaining != 0; remaining >>>= 1, bit++) {
      if ((remaining & 1) != 0) {
        product = multiply(POWERS[bit & 31], product);
      }
    }
    return product;
  }

  /** The product of two reflected polynomials modulo the Castagnoli polynomial. */
  private static int multiply(int a, int b) {
    int product = 0;
    int factor = b;
    for (int bit = 31; bit >= 0; bit--) {
      if ((a >>> bit & 1) != 0) {
        product ^= factor;
      }
      factor = (factor & 1) != 0 ? factor >>> 1 ^ POLYNOMIAL : factor >>> 1;
    }
    return product;
  }
}
