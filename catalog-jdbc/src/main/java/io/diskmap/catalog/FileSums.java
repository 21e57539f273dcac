package io.diskmap.catalog;

import io.diskmap.Checksum;
import io.diskmap.ErrorKind;
import io.diskmap.StorageException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.zip.CRC32C;

/**
 * The length and the checksums of a local file, in one read. Immutable.
 *
 * @param size bytes
 * @param crc32c what the storage verifies
 * @param sha256 what the catalogue keeps
 */
record FileSums(long size, String crc32c, String sha256) {
  private static final int BLOCK = 1024 * 1024;

  static FileSums of(Path file) throws StorageException {
    CRC32C crc = new CRC32C();
    MessageDigest sha = digest();
    long size = 0;
    ByteBuffer block = ByteBuffer.allocate(BLOCK);
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      while (channel.read(block) >= 0) {
        block.flip();
        size += block.remaining();
        crc.update(block.duplicate());
        sha.update(block);
        block.clear();
      }
    } catch (IOException e) {
      throw StorageException.of(
          ErrorKind.SOURCE_FAILED, "A file of the task's output cannot be read.", e);
    }
    return new FileSums(
        size, Checksum.crc32c((int) crc.getValue()).hex(), HexFormat.of().formatHex(sha.digest()));
  }

  private static MessageDigest digest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("the JDK has no SHA-256", e);
    }
  }
}
