package io.diskmap.http.server.internal;

import java.io.IOException;

/** Says that a peer moved a body slower than the engine's minimum rate. */
public final class SlowPeerException extends IOException {
  private static final long serialVersionUID = 1L;

  SlowPeerException() {
    super("the peer moved the body slower than the minimum rate");
  }
}
