package io.diskmap.internal.pipeline;

import io.diskmap.Checksum;
import io.diskmap.ErrorKind;
import io.diskmap.StorageException;
import io.diskmap.spi.Chunk;
import io.diskmap.spi.Crc32c;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Length and checksums of a content that passes in order (clause S9). For one thread. */
final class ContentSums {
  private final @Nullable MessageDigest sha256;
  private int crc32c;
  private long length;

  ContentSums(boolean withSha256) {
    this.sha256 = withSha256 ? newSha256() : null;
  }

  static MessageDigest newSha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /** Adds bytes of which only the CRC-32C is known; not where the SHA-256 is wanted. */
  void add(int partsCrc32c, int partsLength) {
    if (sha256 != null) {
      throw new IllegalStateException("a SHA-256 needs the bytes");
    }
    join(partsCrc32c, partsLength);
  }

  private void join(int partsCrc32c, int partsLength) {
    crc32c = Crc32c.join(crc32c, partsCrc32c, partsLength);
    length += partsLength;
  }

  /** Adds a sealed chunk, whose own CRC-32C is joined. */
  void add(Chunk chunk) {
    join(chunk.crc32c(), chunk.length());
    if (sha256 != null) {
      sha256.update(chunk.data());
    }
  }

  /** Adds bytes. */
  void add(ByteBuffer bytes) {
    join(Crc32c.of(bytes), bytes.remaining());
    if (sha256 != null) {
      sha256.update(bytes.duplicate());
    }
  }

  long length() {
    return length;
  }

  /** The CRC-32C of what was added so far. */
  int crc32c() {
    return crc32c;
  }

  /** The checksums of all that was added; ends the digest. */
  List<Checksum> finish() {
    List<Checksum> sums = new ArrayList<>(2);
    sums.add(Checksum.crc32c(crc32c));
    if (sha256 != null) {
      sums.add(Checksum.sha256(HexFormat.of().formatHex(sha256.digest())));
    }
    return sums;
  }

  /** Refuses content that does not have the expected checksum. */
  static void require(Optional<Checksum> expected, List<Checksum> computed)
      throws StorageException {
    if (expected.isEmpty()) {
      return;
    }
    Checksum wanted = expected.get();
    for (Checksum found : computed) {
      if (found.algorithm() == wanted.algorithm() && !found.equals(wanted)) {
        throw StorageException.of(
            ErrorKind.CHECKSUM_MISMATCH,
            "The content has %s where %s was expected; it was altered on its way or the expectation"
                    .formatted(found, wanted)
                + " belongs to another content.");
      }
    }
  }
}
