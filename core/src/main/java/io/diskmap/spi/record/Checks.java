package io.diskmap.spi.record;

import io.diskmap.Checksum;
import io.diskmap.ChecksumAlgorithm;
import io.diskmap.ErrorKind;
import io.diskmap.StorageException;
import io.diskmap.spi.WriteRequest;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;

/** What must be true of a save before it is published. Stateless. */
public final class Checks {
  private Checks() {}

  /** The announced, the committed and the staged length are one. */
  public static void length(WriteRequest request, long committed, long staged)
      throws StorageException {
    if (request.length().isPresent() && request.length().getAsLong() != committed) {
      throw lengthMismatch(
          "The save announced %d bytes and ends with %d; nothing was published."
              .formatted(request.length().getAsLong(), committed));
    }
    if (staged != committed) {
      throw lengthMismatch(
          "The save ends with %d bytes, but %d came; nothing was published."
              .formatted(committed, staged));
    }
  }

  /** The file has the length that its writes claimed. */
  public static void stored(long size, long written) throws StorageException {
    if (size != written) {
      throw lengthMismatch(
          "The file system claimed to have written %d bytes and holds %d; nothing was published."
                  .formatted(written, size)
              + " Check the mount and its server.");
    }
  }

  public static StorageException lengthMismatch(String sentence) {
    return StorageException.of(ErrorKind.LENGTH_MISMATCH, sentence);
  }

  /** Whether a SHA-256 is kept or compared. */
  public static boolean needsSha256(WriteRequest request) {
    return request.record().contains(ChecksumAlgorithm.SHA256)
        || request.expected().filter(c -> c.algorithm() == ChecksumAlgorithm.SHA256).isPresent();
  }

  /** The content has the checksum that the caller expects. */
  public static void expected(WriteRequest request, int crc32c, Optional<Checksum> sha256)
      throws StorageException {
    if (request.expected().isEmpty()) {
      return;
    }
    Checksum wanted = request.expected().get();
    Optional<Checksum> actual =
        wanted.algorithm() == ChecksumAlgorithm.CRC32C
            ? Optional.of(Checksum.crc32c(crc32c))
            : sha256;
    if (!actual.equals(Optional.of(wanted))) {
      throw StorageException.of(
          ErrorKind.CHECKSUM_MISMATCH,
          "The content has %s, expected was %s; nothing was published."
              .formatted(actual.map(Checksum::toString).orElse("no checksum"), wanted));
    }
  }

  public static Checksum sha256(ByteBuffer bytes) {
    MessageDigest digest = newSha256();
    digest.update(bytes);
    return sha256(digest);
  }

  public static Checksum sha256(MessageDigest digest) {
    return Checksum.sha256(HexFormat.of().formatHex(digest.digest()));
  }

  public static MessageDigest newSha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
