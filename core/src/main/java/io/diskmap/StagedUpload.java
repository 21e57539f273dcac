package io.diskmap;

import java.time.Instant;

/**
 * A chunked save that is neither committed nor aborted.
 *
 * <p>Immutable.
 *
 * @param id what {@link Storage#resumeUpload} takes
 * @param path where it would be published
 * @param lastActivity when its last chunk came, by the store's clock
 */
public record StagedUpload(String id, StoragePath path, Instant lastActivity) {}
