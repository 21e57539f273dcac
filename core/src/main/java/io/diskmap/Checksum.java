package io.diskmap;

import java.util.Locale;

/**
 * The checksum of a whole file's content.
 *
 * <p>Immutable.
 *
 * @param algorithm how it is computed
 * @param hex the value in lower-case hexadecimal
 */
public record Checksum(ChecksumAlgorithm algorithm, String hex) {
  public Checksum {
    hex = hex.toLowerCase(Locale.ROOT);
    if (!hex.matches("[0-9a-f]{" + algorithm.hexDigits() + "}")) {
      throw new IllegalArgumentException(
          "a " + algorithm.label() + " has " + algorithm.hexDigits() + " hexadecimal digits");
    }
  }

  /** A CRC-32C from its 32 bits. */
  public static Checksum crc32c(int value) {
    return new Checksum(ChecksumAlgorithm.CRC32C, "%08x".formatted(value));
  }

  /** A SHA-256 from its hexadecimal digits. */
  public static Checksum sha256(String hex) {
    return new Checksum(ChecksumAlgorithm.SHA256, hex);
  }

  @Override
  public String toString() {
    return algorithm.label() + ":" + hex;
  }
}
