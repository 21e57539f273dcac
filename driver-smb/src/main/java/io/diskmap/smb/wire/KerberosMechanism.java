package io.diskmap.smb.wire;

import com.hierynomus.protocol.commons.Factory;
import com.hierynomus.smbj.auth.Authenticator;
import com.hierynomus.smbj.auth.SpnegoAuthenticator;

/**
 * Makes smbj's log-in by a ticket, for every server that lists Kerberos, or lists nothing.
 *
 * <p>smbj's own factory stands for NEGOEX, which Windows lists beside Kerberos, and Samba does not.
 * Stateless.
 */
final class KerberosMechanism implements Factory.Named<Authenticator> {
  private static final String KERBEROS = "1.2.840.113554.1.2.2";

  @Override
  public String getName() {
    return KERBEROS;
  }

  @Override
  public Authenticator create() {
    return new SpnegoAuthenticator();
  }
}
