package io.diskmap;

import java.util.Optional;

/**
 * The section {@code audit} of a disk map: where audit records go. Immutable; any thread may use
 * it.
 *
 * @param jdbcUrl the database; its URL can hold a password
 * @param store a directory, or a JDBC URL
 * @param onFailure what happens to a call whose record cannot be written
 * @param requireUser whether a call that names no user is refused
 */
public record AuditSection(
    Optional<Secret> jdbcUrl, Optional<Secret> store, OnFailure onFailure, boolean requireUser) {

  /** What happens to a call whose audit record cannot be written. */
  public enum OnFailure {
    /** The call is refused. */
    REFUSE,
    /** The call goes on, and its record waits on this machine. */
    SPOOL
  }
}
