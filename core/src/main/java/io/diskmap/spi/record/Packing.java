package io.diskmap.spi.record;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * A block of a record file: its length, a CRC-32C, and the content. Stateless.
 *
 * <p>A block that a kill or a crash left half written fails its CRC and counts as absent.
 */
public final class Packing {
  /** The bytes before the content. */
  public static final int HEAD = 8;

  /** Writes the content. */
  @FunctionalInterface
  public interface Writing {
    void to(DataOutputStream out) throws IOException;
  }

  /** Reads the content. */
  @FunctionalInterface
  public interface Reading<T> {
    T from(DataInputStream in) throws IOException;
  }

  private Packing() {}

  public static byte[] pack(Writing writing) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      writing.to(out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    byte[] content = bytes.toByteArray();
    return ByteBuffer.allocate(HEAD + content.length)
        .putInt(content.length)
        .putInt(crc(content))
        .put(content)
        .array();
  }

  /** The content of the block at a position; empty where there is no whole block. */
  public static <T> Optional<T> unpack(byte[] file, int position, Reading<T> reading)
      throws IOException {
    byte[] content = content(file, position);
    if (content == null) {
      return Optional.empty();
    }
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(content))) {
      return Optional.of(reading.from(in));
    }
  }

  private static byte @Nullable [] content(byte[] file, int position) {
    if (position + HEAD > file.length) {
      return null;
    }
    ByteBuffer in = ByteBuffer.wrap(file, position, file.length - position);
    int length = in.getInt();
    int crc = in.getInt();
    if (length <= 0 || length > in.remaining()) {
      return null;
    }
    byte[] content = new byte[length];
    in.get(content);
    return crc(content) == crc ? content : null;
  }

  private static int crc(byte[] content) {
    CRC32C crc = new CRC32C();
    crc.update(content);
    return (int) crc.getValue();
  }
}
