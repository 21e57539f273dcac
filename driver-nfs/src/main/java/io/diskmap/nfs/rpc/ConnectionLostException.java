package io.diskmap.nfs.rpc;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The connection ended before the reply came. Any thread may see it. */
public final class ConnectionLostException extends IOException {
  private static final long serialVersionUID = 1L;

  /** A connection that ended for this cause. */
  public ConnectionLostException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
