package io.diskmap.nfs.rpc;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Takes the end of one call: its reply or the loss of its connection, exactly one of both. The
 * connection's own thread calls it; it is short and never waits.
 */
public interface ReplyHandler {
  /** How many bytes precede a payload that {@link #target} takes; 0 where there is none. */
  default int headLength() {
    return 0;
  }

  /**
   * Where the payload behind this head goes: a buffer with exactly as many bytes left, or an empty
   * one where the reply has no such payload. It is filled before {@link #reply}.
   */
  default ByteBuffer target(ByteBuffer head) {
    return ByteBuffer.allocate(0);
  }

  /**
   * The reply, without the payload that went to the target.
   *
   * @param payload how many bytes went there
   */
  void reply(ByteBuffer message, int payload);

  /** The connection ended without a reply; it holds no buffer of the call any more. */
  void lost(IOException why);
}
