package io.diskmap.smb.wire;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import javax.security.auth.Subject;
import javax.security.auth.callback.Callback;
import javax.security.auth.callback.CallbackHandler;
import javax.security.auth.callback.NameCallback;
import javax.security.auth.callback.PasswordCallback;
import javax.security.auth.callback.UnsupportedCallbackException;
import javax.security.auth.login.AppConfigurationEntry;
import javax.security.auth.login.Configuration;
import javax.security.auth.login.LoginContext;

/**
 * The Kerberos tickets of one log-in, which the JVM's own module gets; closing destroys them. For
 * one thread.
 *
 * <p>Realm and key distribution centre are those of the JVM's krb5 settings, which are read anew
 * each time.
 */
final class Tickets implements AutoCloseable {
  private static final String MODULE = "com.sun.security.auth.module.Krb5LoginModule";

  private final LoginContext login;

  private Tickets(LoginContext login) {
    this.login = login;
  }

  /** Fresh tickets. */
  static Tickets from(TicketSource source) throws IOException {
    if (source.keytab().isPresent()) {
      requireReadable(source.keytab().get(), KerberosException.Reason.KEYTAB);
    }
    if (source.cache().isPresent()) {
      requireReadable(source.cache().get(), KerberosException.Reason.TICKET);
    }
    try {
      LoginContext login =
          new LoginContext("diskmap", new Subject(), answers(source), settings(source));
      login.login();
      return new Tickets(login);
    } catch (javax.security.auth.login.LoginException e) {
      throw KerberosException.of(e);
    }
  }

  private static void requireReadable(Path file, KerberosException.Reason otherwise)
      throws KerberosException {
    if (!Files.isReadable(file)) {
      throw new KerberosException(otherwise, "the file is not there or cannot be read", null);
    }
  }

  private static Configuration settings(TicketSource source) {
    Map<String, String> options = new HashMap<>();
    options.put("refreshKrb5Config", "true");
    options.put("principal", source.principal());
    if (source.keytab().isPresent()) {
      options.put("useKeyTab", "true");
      options.put("keyTab", source.keytab().get().toString());
    }
    if (source.cache().isPresent()) {
      options.put("useTicketCache", "true");
      options.put("ticketCache", source.cache().get().toString());
    }
    boolean asks = source.keytab().isEmpty() && source.cache().isEmpty();
    options.put("doNotPrompt", Boolean.toString(!asks));
    AppConfigurationEntry entry =
        new AppConfigurationEntry(
            MODULE, AppConfigurationEntry.LoginModuleControlFlag.REQUIRED, options);
    return new Configuration() {
      @Override
      public AppConfigurationEntry[] getAppConfigurationEntry(String name) {
        return new AppConfigurationEntry[] {entry};
      }
    };
  }

  private static CallbackHandler answers(TicketSource source) {
    return callbacks -> {
      for (Callback each : callbacks) {
        if (each instanceof NameCallback name) {
          name.setName(source.principal());
        } else if (each instanceof PasswordCallback password) {
          String text = source.password().map(secret -> secret.reveal()).orElse("");
          password.setPassword(text.toCharArray());
        } else {
          throw new UnsupportedCallbackException(each);
        }
      }
    };
  }

  /** Who holds the tickets. */
  Subject holder() {
    return login.getSubject();
  }

  @Override
  public void close() throws IOException {
    try {
      login.logout();
    } catch (javax.security.auth.login.LoginException e) {
      throw new IOException("the tickets of a log-in cannot be destroyed", e);
    }
  }
}
