package io.diskmap.smb.wire;

import io.diskmap.Secret;
import java.util.List;
import java.util.Optional;

/**
 * Which server and share, as whom, and how the messages are to be protected.
 *
 * <p>Immutable.
 *
 * @param tickets where the tickets come from where Kerberos proves who the user is; else the
 *     password does, by NTLMv2
 * @param dialects the names of the dialects that are offered
 * @param mayBePlain whether an unencrypted session is allowed
 */
public record LoginConfig(
    String host,
    int port,
    String share,
    String domain,
    String username,
    Optional<Secret> password,
    Optional<TicketSource> tickets,
    Need signing,
    Need encryption,
    boolean mayBePlain,
    List<String> dialects) {
  /** How much a protection is wanted. */
  public enum Need {
    /** Without it there is no session. */
    REQUIRED,
    /** Where the server can. */
    PREFERRED,
    /** Only where the server insists. */
    OFF
  }

  public LoginConfig {
    dialects = List.copyOf(dialects);
  }

  /** Whether a session may come of it whose messages go through AES-GCM. */
  public boolean mayEncryptOrSignByGcm() {
    return dialects.contains("3.1.1") && (encryption != Need.OFF || signing != Need.OFF);
  }

  @Override
  public String toString() {
    return "LoginConfig[" + host + ":" + port + "/" + share + "]";
  }
}
