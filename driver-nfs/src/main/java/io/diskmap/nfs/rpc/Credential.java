package io.diskmap.nfs.rpc;

import io.diskmap.nfs.xdr.XdrWriter;

/** Who calls, as each call's header tells it. Immutable; any thread may use it. */
@FunctionalInterface
public interface Credential {
  /** No identity at all (AUTH_NONE). */
  Credential NONE = out -> out.int32(0).int32(0).int32(0).int32(0);

  /** Writes credential and verifier into a call's header. */
  void write(XdrWriter out);
}
