package io.diskmap;

import java.nio.file.Path;
import java.util.Optional;

/**
 * The section {@code audit} of a disk map: where audit records go. Immutable; any thread may use
 * it.
 *
 * @param jdbcUrl the database; its URL can hold a password
 * @param store a directory, a JDBC URL, or {@code off} for none
 * @param onFailure what happens to a call whose record cannot be written
 * @param spool the directory of this machine where records wait for a database that is down
 * @param requireUser whether a call that names no user is refused
 */
public record AuditSection(
    Optional<Secret> jdbcUrl,
    Optional<Secret> store,
    OnFailure onFailure,
    Optional<Path> spool,
    boolean requireUser) {

  /** The value of {@code store} that keeps no records, not even in the default place. */
  static final String OFF = "off";

  /** What happens to a call whose audit record cannot be written. */
  public enum OnFailure {
    /** The call is refused. */
    REFUSE,
    /** The call goes on, and its record waits on this machine. */
    SPOOL
  }
}
