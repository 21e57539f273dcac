package io.diskmap.nfs.xdr;

import java.io.IOException;

/** Bytes of a peer that are not what the protocol allows. Any thread may see it. */
public final class XdrException extends IOException {
  private static final long serialVersionUID = 1L;

  /** Bytes that break the protocol in this way. */
  public XdrException(String message) {
    super(message);
  }
}
