package io.diskmap;

import java.time.Duration;
import java.util.Optional;

/**
 * The section {@code catalogue} of a disk map: where outputs of tasks go, and where their records
 * are. Immutable; any thread may use it.
 *
 * @param disk the disk of the files
 * @param prefix the prefix of all of them on that disk
 * @param store a directory, or a JDBC URL; the URL can hold a password
 * @param maxBytes how many bytes the tasks of one user may hold
 * @param maxFiles how many files
 * @param tokenKey the key that signs the tokens of users; without one there is no {@code
 *     /api/files}
 * @param sweepAfter when a task that nobody goes on to collect is removed
 */
public record CatalogueSection(
    String disk,
    String prefix,
    Secret store,
    long maxBytes,
    long maxFiles,
    Optional<Secret> tokenKey,
    Duration sweepAfter) {}
