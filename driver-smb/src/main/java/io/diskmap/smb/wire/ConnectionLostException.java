package io.diskmap.smb.wire;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * A connection that ended before the answer came. Immutable.
 *
 * <p>What was asked for may have happened, unless nothing of it was sent.
 */
public final class ConnectionLostException extends IOException {
  private final boolean sent;

  /** The end of a connection, and whether the request had been handed to it. */
  public ConnectionLostException(String message, @Nullable Throwable cause, boolean sent) {
    super(message, cause);
    this.sent = sent;
  }

  /** Whether the server may have seen the request. */
  public boolean isSent() {
    return sent;
  }
}
