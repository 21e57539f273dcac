package io.diskmap;

import java.time.Instant;

/**
 * What a clean-up did.
 *
 * <p>Immutable.
 *
 * @param deleted the files that were old enough
 * @param kept how many files were younger
 * @param abortedUploads how many abandoned uploads were ended
 * @param newestDeletable files modified after this instant were kept
 */
public record CleanupReport(
    DeleteReport deleted, long kept, long abortedUploads, Instant newestDeletable) {}
