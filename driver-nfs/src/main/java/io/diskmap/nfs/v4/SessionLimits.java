package io.diskmap.nfs.v4;

import io.diskmap.nfs.xdr.XdrException;
import io.diskmap.nfs.xdr.XdrReader;
import io.diskmap.nfs.xdr.XdrWriter;

/**
 * How large and how many requests of a session are. Immutable.
 *
 * @param maxRequest bytes of a request
 * @param maxResponse bytes of a reply
 * @param maxCached bytes of a reply that the server keeps for a repeat
 * @param maxOps operations of a compound
 * @param slots requests at once
 */
record SessionLimits(int maxRequest, int maxResponse, int maxCached, int maxOps, int slots) {
  static final SessionLimits NO_BACK_CHANNEL = new SessionLimits(4096, 4096, 0, 2, 1);
  private static final int LEAST_REQUEST = 8 * 1024;
  private static final int LEAST_OPS = 16;

  void write(XdrWriter out) {
    out.int32(0).int32(maxRequest).int32(maxResponse).int32(maxCached).int32(maxOps).int32(slots);
    out.int32(0);
  }

  /** Reads what a server grants, which is used up to what was wanted. */
  static SessionLimits read(XdrReader in, SessionLimits wanted) throws XdrException {
    in.int32();
    SessionLimits granted =
        new SessionLimits(
            least(in.uint32(), wanted.maxRequest),
            least(in.uint32(), wanted.maxResponse),
            least(in.uint32(), wanted.maxCached),
            least(in.uint32(), wanted.maxOps),
            least(in.uint32(), wanted.slots));
    in.ints(1);
    if (granted.maxRequest < LEAST_REQUEST
        || granted.maxResponse < LEAST_REQUEST
        || granted.maxOps < LEAST_OPS
        || granted.slots < 1) {
      throw new XdrException("the server grants too little for a session: " + granted);
    }
    return granted;
  }

  private static int least(long granted, int wanted) {
    return (int) Math.min(granted, wanted);
  }
}
