package io.diskmap.spi;

import java.io.FileInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Identifiers that nobody else makes, of 128 random bits. Any thread may use it.
 *
 * <p>They come straight from the system, each with one short read: the JDK's generator takes a lock
 * for each, and some 50 classes at its first use, which a short-lived worker waits for. Where the
 * system has no such file, the JDK's generator is asked.
 */
public final class RandomId {
  private static final int BYTES = 16;
  private static final @Nullable FileInputStream SYSTEM = open();

  private RandomId() {}

  /** 32 lower-case hexadecimal digits, the form of a write id. */
  public static String hex() {
    return HexFormat.of().formatHex(bytes());
  }

  /** A UUID of version 4 (RFC 9562, section 5.4). */
  public static UUID uuid() {
    ByteBuffer bits = ByteBuffer.wrap(bytes());
    long high = bits.getLong() & ~0xF000L | 0x4000L;
    long low = bits.getLong() & ~(0xC0L << 56) | 0x80L << 56;
    return new UUID(high, low);
  }

  private static @Nullable FileInputStream open() {
    try {
      return new FileInputStream("/dev/urandom");
    } catch (IOException notThere) {
      return null;
    }
  }

  private static byte[] bytes() {
    byte[] bytes = new byte[BYTES];
    if (SYSTEM == null || !isFilled(SYSTEM, bytes)) {
      Fallback.GENERATOR.nextBytes(bytes);
    }
    return bytes;
  }

  private static boolean isFilled(FileInputStream system, byte[] bytes) {
    try {
      return system.readNBytes(bytes, 0, BYTES) == BYTES;
    } catch (IOException e) {
      return false;
    }
  }

  /** Made only where it is needed. */
  private static final class Fallback {
    static final SecureRandom GENERATOR = new SecureRandom();
  }
}
