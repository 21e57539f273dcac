package io.diskmap.smb.wire;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A compound that was begun, one of several at once. For one thread, which awaits or ends it. */
public final class Pending {
  private final SmbConnection connection;
  private @Nullable Exchange exchange;

  Pending(SmbConnection connection, Exchange exchange) {
    this.connection = connection;
    this.exchange = exchange;
  }

  /** Waits for the answers. */
  public Answers await(Patience patience) throws IOException {
    Exchange begun = exchange;
    if (begun == null) {
      throw new IllegalStateException("the compound was ended");
    }
    boolean answered = false;
    try {
      connection.await(begun, patience);
      answered = true;
      exchange = null;
      return new Answers(begun);
    } finally {
      if (!answered) {
        end();
      }
    }
  }

  /** Gives up waiting. */
  public void end() {
    if (exchange != null) {
      connection.abandon(exchange);
      exchange = null;
    }
  }
}
