package io.diskmap.internal.memory;

import io.diskmap.Checksum;
import io.diskmap.ChecksumAlgorithm;
import io.diskmap.ErrorKind;
import io.diskmap.StorageException;
import io.diskmap.spi.CommitRequest;
import io.diskmap.spi.WriteRequest;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * Compares staged content with what the save expects and says which checksums to keep. Stateless.
 */
final class MemoryChecks {
  private MemoryChecks() {}

  /** The checksums to keep: always CRC-32C, SHA-256 where it is asked for or known. */
  static List<Checksum> verify(MemoryContent content, WriteRequest request, CommitRequest commit)
      throws StorageException {
    Checksum crc = Checksum.crc32c(content.crc32c());
    List<Checksum> known = new ArrayList<>(List.of(crc));
    if (needsSha256(request) || commit.computed(ChecksumAlgorithm.SHA256).isPresent()) {
      known.add(commit.computed(ChecksumAlgorithm.SHA256).orElseGet(() -> sha256(content)));
    }
    Optional<Checksum> sent = commit.computed(ChecksumAlgorithm.CRC32C);
    if (sent.isPresent() && !sent.get().equals(crc)) {
      throw StorageException.of(
          ErrorKind.CHECKSUM_MISMATCH, "The content was damaged on its way; save it again.");
    }
    if (request.expected().isPresent() && !known.contains(request.expected().get())) {
      throw StorageException.of(
          ErrorKind.CHECKSUM_MISMATCH,
          "The content does not have the expected checksum; nothing was saved.");
    }
    return known;
  }

  private static boolean needsSha256(WriteRequest request) {
    return request.record().contains(ChecksumAlgorithm.SHA256)
        || request
            .expected()
            .map(Checksum::algorithm)
            .equals(Optional.of(ChecksumAlgorithm.SHA256));
  }

  private static Checksum sha256(MemoryContent content) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      content.digest(digest);
      return Checksum.sha256(HexFormat.of().formatHex(digest.digest()));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
