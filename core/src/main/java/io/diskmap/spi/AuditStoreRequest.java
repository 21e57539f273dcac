package io.diskmap.spi;

import io.diskmap.AuditSection;
import io.diskmap.Secret;
import io.diskmap.ServerRole;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;

/**
 * Which audit store to open, and for whom. Immutable.
 *
 * @param store a directory, or a JDBC URL, which can hold a password
 * @param onFailure what happens to a call whose record cannot be written
 * @param spool where records wait for a store that is down; empty where there is no such place
 * @param role of this process
 * @param clock for records that the store writes of itself
 */
public record AuditStoreRequest(
    Secret store,
    AuditSection.OnFailure onFailure,
    Optional<Path> spool,
    ServerRole role,
    Clock clock) {}
