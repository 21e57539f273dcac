package io.diskmap.smb.wire;

import io.diskmap.Secret;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Where the Kerberos tickets of a log-in come from: a keytab, a ticket cache, or the password of
 * the user where there is neither.
 *
 * <p>Immutable.
 *
 * @param principal whose tickets, with the realm or without
 */
public record TicketSource(
    String principal, Optional<Path> keytab, Optional<Path> cache, Optional<Secret> password) {
  @Override
  public String toString() {
    return "TicketSource[" + principal + "]";
  }
}
