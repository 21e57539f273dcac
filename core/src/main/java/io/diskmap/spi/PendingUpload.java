package io.diskmap.spi;

import io.diskmap.StoragePath;
import java.time.Instant;

/**
 * An unfinished save that is still staged.
 *
 * <p>Immutable.
 *
 * @param id finds it
 * @param path where it would be published
 * @param lastActivity when its last chunk came, by the store's clock
 */
public record PendingUpload(UploadId id, StoragePath path, Instant lastActivity) {}
