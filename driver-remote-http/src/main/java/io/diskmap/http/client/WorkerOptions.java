package io.diskmap.http.client;

import io.diskmap.Secret;
import io.diskmap.spi.Loopback;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/**
 * How a remote worker reaches its services server, and where it keeps what it fetched. Immutable.
 *
 * @param services the services server, such as {@code https://services:8001}
 * @param apiKey the key that opens it, read again after the server refused it
 * @param directory where inputs are kept while they are worked on
 * @param authorities a PEM file of the only authorities to trust; empty for the JDK's
 * @param stallTimeout how long a transfer may stand still
 * @param retries how often an exchange is tried at most
 */
public record WorkerOptions(
    URI services,
    Secret apiKey,
    Path directory,
    Optional<Path> authorities,
    Duration stallTimeout,
    int retries) {
  private static final Duration CONNECT = Duration.ofSeconds(5);
  private static final Duration STALL = Duration.ofSeconds(30);
  private static final int RETRIES = 4;

  public WorkerOptions {
    String scheme = String.valueOf(services.getScheme()).toLowerCase(Locale.ROOT);
    if (services.getHost() == null || !(scheme.equals("https") || scheme.equals("http"))) {
      throw new IllegalArgumentException("the services server is written https://host:port");
    }
    if (retries < 1) {
      throw new IllegalArgumentException("an exchange is tried once at least");
    }
  }

  /**
   * A server over HTTPS, or over plain HTTP on this machine.
   *
   * @throws IllegalArgumentException for plain HTTP to another machine, where files and key could
   *     be read on the way; see {@link #overPrivateNetwork}
   */
  public static WorkerOptions of(URI services, Secret apiKey, Path directory) {
    WorkerOptions options = overPrivateNetwork(services, apiKey, directory);
    if (services.getScheme().equalsIgnoreCase("http") && !Loopback.names(services.getHost())) {
      throw new IllegalArgumentException(
          "plain HTTP to another machine shows files and key on the way; use https, or say that the"
              + " network is private");
    }
    return options;
  }

  /** A server that is reached over a network that nobody else can listen to, such as a VPN. */
  public static WorkerOptions overPrivateNetwork(URI services, Secret apiKey, Path directory) {
    return new WorkerOptions(services, apiKey, directory, Optional.empty(), STALL, RETRIES);
  }

  /** The same, trusting these authorities alone. */
  public WorkerOptions withAuthorities(Path file) {
    return new WorkerOptions(services, apiKey, directory, Optional.of(file), stallTimeout, retries);
  }

  RemoteHttpOptions connection() {
    String url = services.toString().replaceAll("/+$", "");
    return new RemoteHttpOptions(
        url, apiKey, "", authorities, CONNECT, stallTimeout, stallTimeout, 1, 1, 1, retries);
  }
}
