package io.diskmap.http.protocol;

import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The digests of a {@code Content-Digest} or {@code Repr-Digest} header (RFC 9530) that this
 * contract uses. Immutable. CRC32C guards against accidents, SHA-256 against everything.
 */
public final class Digests {
  /** No digest at all. */
  public static final Digests NONE = new Digests(null, null);

  private final @Nullable Integer crc32c;
  private final byte @Nullable [] sha256;

  private Digests(@Nullable Integer crc32c, byte @Nullable [] sha256) {
    this.crc32c = crc32c;
    this.sha256 = sha256;
  }

  /** A header with a CRC32C alone; only the low 32 bits count. */
  public static Digests crc32c(long value) {
    return new Digests((int) value, null);
  }

  /** These digests and a SHA-256, as 64 hexadecimal digits. */
  public Digests withSha256(String hex) {
    return new Digests(crc32c, HexFormat.of().parseHex(hex));
  }

  /** The CRC32C as an unsigned 32-bit number. */
  public Optional<Long> crc32c() {
    return Optional.ofNullable(crc32c).map(value -> value & 0xffffffffL);
  }

  /** The SHA-256 in lower-case hexadecimal. */
  public Optional<String> sha256() {
    return Optional.ofNullable(sha256).map(HexFormat.of()::formatHex);
  }

  public boolean isEmpty() {
    return crc32c == null && sha256 == null;
  }

  /**
   * Reads a header. Unknown algorithms are passed over, as RFC 9530 asks; a known one with a value
   * of the wrong form or length refuses the message.
   */
  public static Digests parse(String header) throws MalformedException {
    Map<String, byte[]> members = new LinkedHashMap<>();
    for (String member : header.split(",", -1)) {
      String text = member.strip();
      int equals = text.indexOf('=');
      if (equals <= 0) {
        throw new MalformedException("a digest header is not a list of algorithm=:value:");
      }
      String value = text.substring(equals + 1);
      if (value.length() < 2 || value.charAt(0) != ':' || !value.endsWith(":")) {
        throw new MalformedException("a digest value is not between colons");
      }
      try {
        members.put(
            text.substring(0, equals),
            Base64.getDecoder().decode(value.substring(1, value.length() - 1)));
      } catch (IllegalArgumentException e) {
        throw new MalformedException("a digest value is not base64");
      }
    }
    byte[] crc = members.get("crc32c");
    byte[] sha = members.get("sha-256");
    if ((crc != null && crc.length != 4) || (sha != null && sha.length != 32)) {
      throw new MalformedException("a digest value has the wrong length");
    }
    return new Digests(crc == null ? null : ByteBuffer.wrap(crc).getInt(), sha);
  }

  /** The header form; not for {@link #isEmpty()}. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    if (crc32c != null) {
      append(text, "crc32c", ByteBuffer.allocate(4).putInt(crc32c).array());
    }
    if (sha256 != null) {
      append(text, "sha-256", sha256);
    }
    return text.toString();
  }

  private static void append(StringBuilder text, String algorithm, byte[] value) {
    if (text.length() > 0) {
      text.append(", ");
    }
    text.append(algorithm).append("=:").append(Base64.getEncoder().encodeToString(value));
    text.append(':');
  }
}
