package io.diskmap.catalog;

import io.diskmap.Checksum;
import java.time.Instant;

/**
 * One file of a task.
 *
 * <p>Immutable.
 *
 * @param path below the task's directory, as the worker left it
 * @param size bytes
 * @param crc32c of the content, which the storage verified when it was saved
 * @param sha256 of the content, as it was read from the worker's directory
 * @param storagePath where it is on the catalogue's storage
 * @param uploadedAt when it was there
 */
public record TaskFile(
    String path,
    long size,
    Checksum crc32c,
    Checksum sha256,
    String storagePath,
    Instant uploadedAt) {}
