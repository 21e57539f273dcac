package io.diskmap.s3;

import io.diskmap.Checksum;
import io.diskmap.ChecksumAlgorithm;
import io.diskmap.ErrorKind;
import io.diskmap.StorageException;
import io.diskmap.spi.Chunk;
import io.diskmap.spi.CommitRequest;
import io.diskmap.spi.WriteRequest;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/** The checksums that a save keeps and those that it must have. Stateless. */
final class S3Sums {
  private S3Sums() {}

  /** The checksums of a file that is one chunk, as expected. */
  static List<Checksum> ofWhole(Chunk content, CommitRequest commit, WriteRequest request)
      throws StorageException {
    Optional<Checksum> sha256 = commit.computed(ChecksumAlgorithm.SHA256);
    if (sha256.isEmpty() && needsSha256(request)) {
      sha256 = Optional.of(sha256(digest("SHA-256", content)));
    }
    return checked(Optional.of(Checksum.crc32c(content.crc32c())), sha256, commit, request);
  }

  /** What is known of the staged content, compared with what was sent and what is expected. */
  static List<Checksum> checked(
      Optional<Checksum> crc32c,
      Optional<Checksum> sha256,
      CommitRequest commit,
      WriteRequest request)
      throws StorageException {
    Optional<Checksum> sent = commit.computed(ChecksumAlgorithm.CRC32C);
    if (sent.isPresent() && crc32c.isPresent() && !sent.equals(crc32c)) {
      throw StorageException.of(
          ErrorKind.CHECKSUM_MISMATCH, "The content was damaged on its way; save it again.");
    }
    List<Checksum> known = new ArrayList<>();
    crc32c.or(() -> sent).ifPresent(known::add);
    sha256.ifPresent(known::add);
    Optional<Checksum> expected = request.expected();
    if (expected.isPresent() && !known.contains(expected.get())) {
      throw StorageException.of(
          ErrorKind.CHECKSUM_MISMATCH,
          "The content does not have the expected checksum; nothing was saved.");
    }
    return known;
  }

  /** Whether the SHA-256 must be kept or compared. */
  static boolean needsSha256(WriteRequest request) {
    return request.record().contains(ChecksumAlgorithm.SHA256)
        || request
            .expected()
            .map(Checksum::algorithm)
            .equals(Optional.of(ChecksumAlgorithm.SHA256));
  }

  static Checksum sha256(byte[] digest) {
    return Checksum.sha256(HexFormat.of().formatHex(digest));
  }

  /** The MD5 of a chunk, in hexadecimal. */
  static String md5Hex(Chunk chunk) {
    return HexFormat.of().formatHex(digest("MD5", chunk));
  }

  /** The MD5 of a chunk, as the header Content-MD5 has it. */
  static String md5Base64(Chunk chunk) {
    return Base64.getEncoder().encodeToString(digest("MD5", chunk));
  }

  private static byte[] digest(String algorithm, Chunk chunk) {
    MessageDigest digest = newDigest(algorithm);
    digest.update(chunk.data());
    return digest.digest();
  }

  static MessageDigest newDigest(String algorithm) {
    try {
      return MessageDigest.getInstance(algorithm);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has " + algorithm, e);
    }
  }
}
