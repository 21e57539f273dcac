package io.diskmap.http.server.internal;

import java.time.Duration;

/**
 * What an engine lets a peer ask of it. Immutable.
 *
 * @param concurrent requests served at once; one more is answered 503
 * @param connections open connections; more wait in the backlog
 * @param headBytes octets of request line and headers
 * @param headTimeout how long a peer may take to send them
 * @param idleTimeout how long a kept connection may stay unused
 * @param minRate octets a second below which a body is given up, averaged over the window
 * @param rateWindow the time over which the rate is averaged
 */
public record EngineLimits(
    int concurrent,
    int connections,
    int headBytes,
    Duration headTimeout,
    Duration idleTimeout,
    long minRate,
    Duration rateWindow) {
  public EngineLimits {
    if (concurrent < 1 || connections < 1 || headBytes < 1024 || minRate < 0) {
      throw new IllegalArgumentException("limits of the HTTP engine must be positive");
    }
  }

  /** 256 requests, 10 s for the head, 60 s idle, 1 KiB/s over 30 s. */
  public static EngineLimits defaults() {
    return new EngineLimits(
        256,
        4096,
        64 * 1024,
        Duration.ofSeconds(10),
        Duration.ofSeconds(60),
        1024,
        Duration.ofSeconds(30));
  }
}
