package io.diskmap.smb.wire;

import com.hierynomus.mssmb2.SMB2Dialect;
import com.hierynomus.mssmb2.SMB3EncryptionCipher;
import com.hierynomus.mssmb2.SMBApiException;
import com.hierynomus.smbj.SMBClient;
import com.hierynomus.smbj.SmbConfig;
import com.hierynomus.smbj.auth.AuthenticationContext;
import com.hierynomus.smbj.auth.GSSAuthenticationContext;
import com.hierynomus.smbj.auth.NtlmAuthenticator;
import com.hierynomus.smbj.common.SMBRuntimeException;
import com.hierynomus.smbj.connection.Connection;
import com.hierynomus.smbj.connection.ConnectionContext;
import com.hierynomus.smbj.connection.NegotiatedProtocol;
import com.hierynomus.smbj.session.SMB2GuestSigningRequiredException;
import com.hierynomus.smbj.session.Session;
import com.hierynomus.smbj.session.SessionContext;
import io.diskmap.smb.wire.LoginConfig.Need;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.crypto.SecretKey;
import org.ietf.jgss.GSSException;
import org.jspecify.annotations.Nullable;

/**
 * Negotiates and logs in by smbj, and takes the keys of the session. For one log-in in one thread.
 */
final class Login {
  private static final int SINGLE_CREDIT = 64 * 1024;

  /** What smbj says where the server lists no way to log in that was configured. */
  private static final String NO_MECHANISM = "Could not find a configured authenticator";

  private final LoginConfig config;
  private final Duration timeout;
  private final Negotiation negotiation = new Negotiation();
  private @Nullable LoginTransport transport;

  Login(LoginConfig config, Duration timeout) {
    this.config = config;
    this.timeout = timeout;
  }

  /**
   * A session that stands.
   *
   * @param first protects the request for the share
   * @param later protects everything behind it
   * @param forced protects everything where the share insists on encryption; null where the server
   *     cannot
   */
  record Ready(
      LoginTransport transport,
      long sessionId,
      String dialect,
      boolean multiCredit,
      int maxRead,
      int maxWrite,
      int maxTransact,
      Seal first,
      Seal later,
      @Nullable Seal forced) {}

  Ready run() throws IOException {
    boolean ready = false;
    try {
      Ready result = connect();
      ready = true;
      return result;
    } catch (SMBRuntimeException | IllegalStateException e) {
      throw failure(e);
    } catch (IOException e) {
      throw e instanceof LoginException ? e : failure(e);
    } finally {
      LoginTransport used = transport;
      if (!ready && used != null) {
        used.abort();
      }
    }
  }

  private Ready connect() throws IOException {
    Connection connection = new SMBClient(settings()).connect(config.host(), config.port());
    ConnectionContext server = connection.getConnectionContext();
    Session session = authenticate(connection);
    LoginTransport used = transport;
    if (used == null) {
      throw new IllegalStateException("smbj connects over the transport that it was given");
    }
    NegotiatedProtocol protocol = connection.getNegotiatedProtocol();
    boolean multi = server.supportsMultiCredit();
    int most = multi ? Integer.MAX_VALUE : SINGLE_CREDIT;
    Seals seals = seals(server, session);
    return new Ready(
        used,
        session.getSessionId(),
        name(protocol.getDialect()),
        multi,
        Math.min(most, protocol.getMaxReadSize()),
        Math.min(most, protocol.getMaxWriteSize()),
        Math.min(most, protocol.getMaxTransactSize()),
        seals.first(),
        seals.later(),
        seals.forced());
  }

  private SmbConfig settings() {
    return SmbConfig.builder()
        .withDialects(config.dialects().stream().map(Login::dialect).toList())
        .withSigningRequired(config.signing() == Need.REQUIRED)
        .withEncryptData(config.dialects().stream().anyMatch(name -> name.startsWith("3")))
        .withSecurityProvider(negotiation.security())
        .withAuthenticators(
            List.of(
                config.tickets().isPresent()
                    ? new KerberosMechanism()
                    : new NtlmAuthenticator.Factory()))
        .withTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS)
        .withTransportLayerFactory(
            (handlers, settings) -> {
              LoginTransport made =
                  new LoginTransport(
                      handlers, negotiation, config.dialects().contains("3.1.1"), timeout);
              transport = made;
              return made;
            })
        .build();
  }

  private Session authenticate(Connection connection) throws IOException {
    if (config.tickets().isEmpty()) {
      char[] password =
          config.password().map(secret -> secret.reveal().toCharArray()).orElse(new char[0]);
      return connection.authenticate(
          new AuthenticationContext(config.username(), password, config.domain()));
    }
    try (Tickets tickets = Tickets.from(config.tickets().get())) {
      return connection.authenticate(
          new GSSAuthenticationContext(config.username(), config.domain(), tickets.holder(), null));
    }
  }

  private record Seals(Seal first, Seal later, @Nullable Seal forced) {}

  private Seals seals(ConnectionContext server, Session session) throws IOException {
    SessionContext keys = session.getSessionContext();
    boolean named = !session.isGuest() && !session.isAnonymous();
    if (!named && (config.signing() == Need.REQUIRED || !config.username().isEmpty())) {
      throw new LoginException(
          LoginException.Reason.GUEST, "the server gave a guest's session in place of the user's");
    }
    boolean smb3 = server.getNegotiatedProtocol().getDialect().isSmb3x();
    SecretKey key = smb3 ? keys.getSigningKey() : keys.getSessionKey();
    Seal signed = named && key != null ? SignedSeal.of(signing(smb3), key.getEncoded()) : null;
    Seal encrypted = encrypted(server, session);
    boolean encrypt =
        keys.isEncryptData() || (config.encryption() != Need.OFF && encrypted != null);
    if (encrypted == null && (config.encryption() == Need.REQUIRED || encrypt)) {
      throw new LoginException(
          LoginException.Reason.ENCRYPTION, "the server and the session have no encryption");
    }
    if (encrypt && encrypted != null) {
      return new Seals(encrypted, encrypted, encrypted);
    }
    if (signed == null && config.signing() == Need.REQUIRED) {
      throw new LoginException(
          LoginException.Reason.SIGNING, "the session has no key to sign with");
    }
    Seal first = signed == null ? new OpenSeal() : signed;
    boolean sign = config.signing() != Need.OFF || server.isServerRequiresSigning();
    return new Seals(first, sign ? first : new OpenSeal(), encrypted);
  }

  private Signing signing(boolean smb3) {
    return smb3 ? negotiation.signing() : Signing.HMAC_SHA256;
  }

  private static @Nullable Seal encrypted(ConnectionContext server, Session session) {
    SessionContext keys = session.getSessionContext();
    SecretKey out = keys.getEncryptionKey();
    SecretKey in = keys.getDecryptionKey();
    if (out == null || in == null) {
      return null;
    }
    boolean gcm =
        server.getNegotiatedProtocol().getDialect() == SMB2Dialect.SMB_3_1_1
            && server.getCipherId() == SMB3EncryptionCipher.AES_128_GCM;
    BlockCipher cipher =
        gcm
            ? new GcmCipher(out.getEncoded(), in.getEncoded())
            : new CcmCipher(out.getEncoded(), in.getEncoded());
    return new EncryptedSeal(cipher, session.getSessionId());
  }

  private IOException failure(Exception e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof KerberosException known) {
        return known;
      }
      if (cause instanceof GSSException) {
        return KerberosException.of(cause);
      }
      if (cause instanceof SMBApiException refused) {
        return refusal(refused);
      }
      if (cause instanceof SMB2GuestSigningRequiredException) {
        return new LoginException(
            LoginException.Reason.GUEST,
            "the server gave a guest's session in place of the user's");
      }
      if (cause instanceof TimeoutException) {
        return new NoAnswerException("the server did not answer the log-in");
      }
      if (cause instanceof InterruptedException) {
        Thread.currentThread().interrupt();
      }
    }
    Throwable root = e;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    if (root instanceof IOException network) {
      return network;
    }
    String message = String.valueOf(root.getMessage());
    LoginException.Reason reason =
        message.startsWith(NO_MECHANISM)
            ? LoginException.Reason.MECHANISM
            : LoginException.Reason.OTHER;
    return new LoginException(reason, message, e);
  }

  /** A server without Kerberos that lists no ways to log in finds a ticket no valid argument. */
  private IOException refusal(SMBApiException refused) {
    String command = String.valueOf(refused.getFailedCommand()).replace("SMB2_", "");
    SmbStatusException status = new SmbStatusException(command, (int) refused.getStatusCode());
    boolean noTicket =
        config.tickets().isPresent()
            && command.equals("SESSION_SETUP")
            && status.isAny(NtStatus.INVALID_PARAMETER, NtStatus.NOT_SUPPORTED);
    return noTicket
        ? new LoginException(LoginException.Reason.MECHANISM, "the server takes no tickets", status)
        : status;
  }

  private static SMB2Dialect dialect(String name) {
    return switch (name) {
      case "2.0.2" -> SMB2Dialect.SMB_2_0_2;
      case "2.1" -> SMB2Dialect.SMB_2_1;
      case "3.0" -> SMB2Dialect.SMB_3_0;
      case "3.0.2" -> SMB2Dialect.SMB_3_0_2;
      default -> SMB2Dialect.SMB_3_1_1;
    };
  }

  private static String name(SMB2Dialect dialect) {
    return switch (dialect) {
      case SMB_2_0_2 -> "2.0.2";
      case SMB_2_1 -> "2.1";
      case SMB_3_0 -> "3.0";
      case SMB_3_0_2 -> "3.0.2";
      default -> "3.1.1";
    };
  }
}
