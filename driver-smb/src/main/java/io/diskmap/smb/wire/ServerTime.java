package io.diskmap.smb.wire;

import java.time.Instant;

/**
 * The server's clock, as it told it when the dialect was negotiated.
 *
 * <p>Immutable.
 */
final class ServerTime {
  private final Instant told;
  private final long nanos = System.nanoTime();

  private ServerTime(Instant told) {
    this.told = told;
  }

  /** The time that arrives in this moment. */
  static ServerTime told(long ticks) {
    return new ServerTime(FileInfo.time(ticks));
  }

  /** The server's time now, earlier by how long the message took. */
  Instant now() {
    return told.plusNanos(System.nanoTime() - nanos);
  }
}
