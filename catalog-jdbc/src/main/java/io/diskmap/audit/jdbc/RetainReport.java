package io.diskmap.audit.jdbc;

import java.time.Instant;

/**
 * What a retention removed, or would remove. Immutable.
 *
 * @param before only what ended before went
 * @param chains how many chains became shorter
 * @param entries how many links went: intents, outcomes and marks
 * @param dryRun whether nothing was removed in truth
 */
public record RetainReport(Instant before, int chains, long entries, boolean dryRun) {}
