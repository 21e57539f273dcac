package io.diskmap.smb.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.ConnectException;
import java.util.Map;
import javax.security.auth.login.LoginException;
import org.ietf.jgss.GSSException;
import org.junit.jupiter.api.Test;

/** What the JVM says when Kerberos fails, in its own words. */
class KerberosExceptionTest {
  @Test
  void the_message_of_a_failed_login_tells_the_reason() {
    Map<String, KerberosException.Reason> told =
        Map.of(
            "Client not found in Kerberos database (6)", KerberosException.Reason.PRINCIPAL,
            "Clients credentials have been revoked (18)", KerberosException.Reason.PRINCIPAL,
            "Pre-authentication information was invalid (24)", KerberosException.Reason.KEY,
            "Checksum failed", KerberosException.Reason.KEY,
            "Unable to obtain password from user\n", KerberosException.Reason.KEY,
            "Clock skew too great (37)", KerberosException.Reason.CLOCK,
            "Unable to obtain Principal Name for authentication ", KerberosException.Reason.TICKET,
            "Cannot locate default realm", KerberosException.Reason.SETTINGS,
            "Generic error (description in e-text) (60)", KerberosException.Reason.OTHER);
    told.forEach(
        (message, reason) ->
            assertThat(KerberosException.of(new LoginException(message)).reason())
                .as(message)
                .isEqualTo(reason));
  }

  @Test
  void the_cause_of_a_failed_ticket_tells_the_reason() {
    GSSException noTicket = new GSSException(GSSException.NO_CRED);
    noTicket.initCause(new IOException("Server not found in Kerberos database (7)"));
    assertThat(KerberosException.of(noTicket).reason()).isEqualTo(KerberosException.Reason.SERVICE);
    GSSException noCentre = new GSSException(GSSException.FAILURE);
    noCentre.initCause(new ConnectException("Connection refused"));
    assertThat(KerberosException.of(noCentre).reason()).isEqualTo(KerberosException.Reason.KDC);
  }
}
