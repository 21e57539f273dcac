package io.diskmap.http.client;

import io.diskmap.http.internal.tls.TlsContexts;
import java.io.IOException;
import java.net.Proxy;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.X509TrustManager;
import okhttp3.ConnectionPool;
import okhttp3.ConnectionSpec;
import okhttp3.Dispatcher;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;

/**
 * Makes the one OkHttp client of a disk. Stateless.
 *
 * <p>HTTP/1.1, because HTTP/2 halves bulk transfers. No redirect is followed, because OkHttp would
 * hand the API key to the other host. Nothing is retried below the driver, because a body or a
 * commit would be sent twice. No proxy, no cookie, no cache.
 */
final class HttpClients {
  private HttpClients() {}

  /**
   * A client that waits for a connection no longer than this; whoever waits for anything else has
   * to watch it.
   *
   * @param sockets make the connections, and end those that stand still
   * @param parallel how many connections stay open for the next exchanges
   * @param authorities a PEM file of the only authorities to trust; empty for the JDK's
   */
  static OkHttpClient create(
      BufferedSockets sockets, Duration connect, int parallel, Optional<Path> authorities)
      throws IOException, GeneralSecurityException {
    Dispatcher dispatcher = new Dispatcher();
    dispatcher.setMaxRequests(Math.max(64, parallel));
    dispatcher.setMaxRequestsPerHost(Math.max(64, parallel));
    OkHttpClient.Builder builder =
        new OkHttpClient.Builder()
            .protocols(List.of(Protocol.HTTP_1_1))
            .followRedirects(false)
            .followSslRedirects(false)
            .retryOnConnectionFailure(false)
            .proxy(Proxy.NO_PROXY)
            .socketFactory(sockets)
            .addNetworkInterceptor(new FileInterceptor())
            .dispatcher(dispatcher)
            .connectionPool(new ConnectionPool(parallel, 30, TimeUnit.SECONDS))
            .connectionSpecs(List.of(ConnectionSpec.MODERN_TLS, ConnectionSpec.CLEARTEXT))
            .connectTimeout(connect)
            .readTimeout(Duration.ZERO)
            .writeTimeout(Duration.ZERO)
            .callTimeout(Duration.ZERO);
    X509TrustManager trust =
        authorities.isPresent() ? TlsContexts.trust(authorities.get()) : TlsContexts.systemTrust();
    return builder
        .sslSocketFactory(new TlsSockets(TlsContexts.client(trust).getSocketFactory()), trust)
        .build();
  }

  /** Ends a client's connections and threads. */
  static void close(OkHttpClient client) {
    client.dispatcher().cancelAll();
    client.dispatcher().executorService().shutdown();
    client.connectionPool().evictAll();
  }
}
