package io.diskmap;

/** How a checksum is computed. */
public enum ChecksumAlgorithm {
  /** CRC-32C (Castagnoli, RFC 3720 section 12.1): finds accidents, costs next to nothing. */
  CRC32C("crc32c", 8),
  /** SHA-256 (FIPS 180-4): finds tampering; caps one stream at 190 to 320 MiB/s. */
  SHA256("sha-256", 64);

  private final String label;
  private final int hexDigits;

  ChecksumAlgorithm(String label, int hexDigits) {
    this.label = label;
    this.hexDigits = hexDigits;
  }

  /** The name in JSON, on the wire (RFC 9530) and on the command line. */
  public String label() {
    return label;
  }

  /** How many hexadecimal digits a value has. */
  public int hexDigits() {
    return hexDigits;
  }
}
