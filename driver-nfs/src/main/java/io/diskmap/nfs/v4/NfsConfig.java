package io.diskmap.nfs.v4;

import io.diskmap.nfs.rpc.Credential;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLContext;

/**
 * How a client reaches its server. Immutable.
 *
 * @param host its name or address
 * @param port its port
 * @param tls with whom TLS is spoken; empty for connections in the clear
 * @param minorVersions to try, in this order
 * @param credential who calls
 * @param slots how many requests at once are asked for
 * @param connections how many connections the session has
 * @param maxIo the largest READ or WRITE
 * @param timeout how long one exchange may take
 * @param attempts how often a request is sent at most, the first time included
 * @param hard whether exchanges wait for the server as long as their call lasts
 */
public record NfsConfig(
    String host,
    int port,
    Optional<SSLContext> tls,
    List<Integer> minorVersions,
    Credential credential,
    int slots,
    int connections,
    int maxIo,
    Duration timeout,
    int attempts,
    boolean hard) {
  /** What a request or reply has beside a payload. */
  static final int HEADER_ROOM = 8 * 1024;

  public NfsConfig {
    minorVersions = List.copyOf(minorVersions);
  }

  /** Whether a request that was sent so often is sent again over another connection. */
  boolean maySend(int sends) {
    return hard || sends < attempts;
  }

  SessionLimits wanted() {
    return new SessionLimits(maxIo + HEADER_ROOM, maxIo + HEADER_ROOM, 4 * 1024, 64, slots);
  }

  /** The longest reply that is accepted. */
  int maxReply() {
    return maxIo + 2 * HEADER_ROOM;
  }
}
