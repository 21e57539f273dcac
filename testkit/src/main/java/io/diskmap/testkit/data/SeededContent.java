package io.diskmap.testkit.data;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.zip.CRC32C;

/**
 * The content of a test file, known by seed and length alone, so that files beyond memory can be
 * sent, received and compared. An immutable value for any thread.
 *
 * @param seed what determines the bytes; two seeds differ from the first block on
 * @param length the number of bytes
 */
public record SeededContent(long seed, long length) {
  private static final int BLOCK = 64 * 1024;

  /** Checks the length. */
  public SeededContent {
    if (length < 0) {
      throw new IllegalArgumentException("length must not be negative: " + length);
    }
  }

  /** All of it as a stream. */
  public SeededInputStream stream() {
    return stream(0, length);
  }

  /** A part of it as a stream. */
  public SeededInputStream stream(long from, long count) {
    if (from < 0 || count < 0 || count > length - from) {
      throw new IllegalArgumentException(
          "no range: " + count + " bytes from " + from + " of " + length);
    }
    return new SeededInputStream(bytes(), from, from + count);
  }

  /** All of it in memory; for content that fits. */
  public byte[] toByteArray() {
    return range(0, Math.toIntExact(length));
  }

  /** A part of it in memory. */
  public byte[] range(long from, int count) {
    byte[] part = new byte[count];
    stream(from, count).read(part, 0, count);
    return part;
  }

  /** Writes all of it to a stream, which stays open. */
  public void writeTo(OutputStream target) throws IOException {
    stream().transferTo(target);
  }

  /** Writes all of it to a file, new or replaced. */
  public Path writeTo(Path file) throws IOException {
    try (OutputStream out = Files.newOutputStream(file)) {
      writeTo(out);
    }
    return file;
  }

  /** The sink that compares what it is given with this content. */
  public ContentCheck check() {
    return check(0, length);
  }

  /** The sink that compares what it is given with a part of this content. */
  public ContentCheck check(long from, long count) {
    return new ContentCheck(stream(from, count), from, count);
  }

  /**
   * Reads a stream to its end and compares it, without keeping it.
   *
   * @throws AssertionError that names the first difference or the wrong length
   */
  public void assertEquals(InputStream received) throws IOException {
    ContentCheck check = check();
    received.transferTo(check);
    check.assertComplete();
  }

  /** Compares a file; see {@link #assertEquals(InputStream)}. */
  public void assertEquals(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      assertEquals(in);
    }
  }

  /** The CRC-32C of all of it. */
  public int crc32c() {
    CRC32C crc = new CRC32C();
    SeededInputStream in = stream();
    byte[] block = new byte[BLOCK];
    for (int count; (count = in.read(block, 0, BLOCK)) > 0; ) {
      crc.update(block, 0, count);
    }
    return (int) crc.getValue();
  }

  /** The SHA-256 of all of it. */
  public byte[] sha256() {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      SeededInputStream in = stream();
      byte[] block = new byte[BLOCK];
      for (int count; (count = in.read(block, 0, BLOCK)) > 0; ) {
        digest.update(block, 0, count);
      }
      return digest.digest();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java runtime has SHA-256", e);
    }
  }

  private SeededBytes bytes() {
    return new SeededBytes(seed);
  }
}
