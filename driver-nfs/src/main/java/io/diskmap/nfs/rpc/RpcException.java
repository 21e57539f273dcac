package io.diskmap.nfs.rpc;

import java.io.IOException;

/** A call that the peer's RPC layer refused. Any thread may see it. */
public final class RpcException extends IOException {
  private static final long serialVersionUID = 1L;

  /** Why a call was refused. */
  public enum Reason {
    /** The peer does not serve this program or version. */
    NOT_SERVED,
    /** The peer does not offer TLS. */
    NO_TLS,
    /** The peer does not take the credential. */
    AUTHENTICATION,
    /** Anything else. */
    OTHER
  }

  private final Reason reason;

  RpcException(Reason reason, String message) {
    super(message);
    this.reason = reason;
  }

  /** Why. */
  public Reason reason() {
    return reason;
  }
}
