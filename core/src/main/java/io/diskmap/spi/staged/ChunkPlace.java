package io.diskmap.spi.staged;

import io.diskmap.ErrorKind;
import io.diskmap.StorageException;

/** Where a chunk may go. Stateless. */
final class ChunkPlace {
  private ChunkPlace() {}

  static void require(UploadRecord record, long offset, int length) throws StorageException {
    int chunkSize = record.chunkSize();
    if (offset < 0 || offset % chunkSize != 0 || length > chunkSize) {
      throw StorageException.of(
          ErrorKind.LENGTH_MISMATCH,
          "A chunk starts at a multiple of %d bytes and has at most as many.".formatted(chunkSize));
    }
    if (record.request().length().isPresent() && length > 0) {
      long whole = record.request().length().getAsLong();
      if (length != Math.min(chunkSize, whole - offset)) {
        throw StorageException.of(
            ErrorKind.LENGTH_MISMATCH,
            "The chunk does not have the length that its place in a file of %d bytes asks for."
                .formatted(whole));
      }
    }
  }
}
