package io.diskmap.http.internal.tls;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/** Makes TLS contexts from PEM files with the JDK alone. Stateless. */
public final class TlsContexts {
  private TlsContexts() {}

  /** A server's context: a certificate, its chain behind it, and its key. */
  public static SSLContext server(Path certificateFile, Path keyFile)
      throws IOException, GeneralSecurityException {
    List<X509Certificate> chain = Pem.certificates(certificateFile);
    PrivateKey key = PrivateKeys.read(keyFile, chain.get(0).getPublicKey());
    char[] password = new char[0];
    KeyStore store = emptyStore();
    store.setKeyEntry("server", key, password, chain.toArray(X509Certificate[]::new));
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(store, password);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), null, null);
    return context;
  }

  /** A client's trust: these authorities and no others. */
  public static X509TrustManager trust(Path authoritiesFile)
      throws IOException, GeneralSecurityException {
    KeyStore store = emptyStore();
    int number = 0;
    for (X509Certificate authority : Pem.certificates(authoritiesFile)) {
      store.setCertificateEntry("authority-" + number++, authority);
    }
    return trust(store);
  }

  /** A client's trust: the authorities of the JDK, or of {@code javax.net.ssl.trustStore}. */
  public static X509TrustManager systemTrust() throws GeneralSecurityException {
    return trust((KeyStore) null);
  }

  /** A client's context that trusts what the manager trusts. */
  public static SSLContext client(X509TrustManager trust) throws GeneralSecurityException {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, new X509TrustManager[] {trust}, null);
    return context;
  }

  private static X509TrustManager trust(@Nullable KeyStore store) throws GeneralSecurityException {
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(store);
    return (X509TrustManager) factory.getTrustManagers()[0];
  }

  private static KeyStore emptyStore() throws IOException, GeneralSecurityException {
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    return store;
  }
}
