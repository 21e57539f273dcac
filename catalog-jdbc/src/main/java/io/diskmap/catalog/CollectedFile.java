package io.diskmap.catalog;

import java.util.Optional;

/**
 * One file on its way into the catalogue. Immutable.
 *
 * @param number its place among the task's files
 * @param path below the task's directory
 * @param size bytes
 * @param crc32c 8 hexadecimal digits
 * @param sha256 64 hexadecimal digits
 * @param uploadId the chunked save that goes on with it
 * @param uploaded whether it is there
 */
record CollectedFile(
    int number,
    String path,
    long size,
    String crc32c,
    String sha256,
    Optional<String> uploadId,
    boolean uploaded) {
  /** Whether both are the same content under the same path. */
  boolean isSameAs(CollectedFile other) {
    return number == other.number
        && size == other.size
        && path.equals(other.path)
        && sha256.equals(other.sha256);
  }

  String name() {
    return path.substring(path.lastIndexOf('/') + 1);
  }
}
