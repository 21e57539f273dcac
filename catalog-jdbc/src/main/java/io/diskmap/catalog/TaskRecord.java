package io.diskmap.catalog;

import java.time.Instant;

/**
 * A task whose output is collected.
 *
 * <p>Immutable.
 *
 * @param userId whose it is
 * @param taskId its id, unique among all users
 * @param taskName what kind of task it was
 * @param submittedAt when the user submitted it, to the second
 * @param storagePath the prefix of its files on the catalogue's storage
 * @param files how many files it left
 * @param bytes they have
 * @param collectedAt when the last of them was there
 */
public record TaskRecord(
    String userId,
    String taskId,
    String taskName,
    Instant submittedAt,
    String storagePath,
    long files,
    long bytes,
    Instant collectedAt) {}
