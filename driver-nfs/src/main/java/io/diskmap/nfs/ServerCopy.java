package io.diskmap.nfs;

import io.diskmap.nfs.v4.FileHandle;
import io.diskmap.nfs.v4.NfsClient;
import io.diskmap.nfs.v4.NfsStatusException;
import io.diskmap.nfs.v4.OpReader;
import io.diskmap.nfs.v4.Patience;
import io.diskmap.nfs.v4.Request;
import io.diskmap.nfs.v4.StateId;
import io.diskmap.nfs.v4.Status;
import io.diskmap.nfs.xdr.XdrException;
import java.io.IOException;

/** How a server copies files by itself (RFC 7862). For any thread. */
enum ServerCopy {
  /** It does not. */
  NONE,
  /** It copies the bytes. */
  COPY,
  /** Both files share the blocks. */
  CLONE;

  /**
   * Asks for both operations between directories, which no server carries out: one that has the
   * operation refuses the directory, one that has not refuses the operation.
   */
  static ServerCopy probe(NfsClient client, FileHandle directory, Patience patience)
      throws IOException {
    if (client.minorVersion() < 2) {
      return NONE;
    }
    if (has(client, directory, CLONE, patience)) {
      return CLONE;
    }
    return has(client, directory, COPY, patience) ? COPY : NONE;
  }

  private static boolean has(
      NfsClient client, FileHandle directory, ServerCopy kind, Patience patience)
      throws IOException {
    try {
      client.call(
          Request.of(
              out -> {
                out.putFh(directory).saveFh();
                if (kind == CLONE) {
                  out.cloneRange(StateId.NONE, StateId.NONE, 0, 1);
                } else {
                  out.copyRange(StateId.NONE, StateId.NONE, 0, 1);
                }
              },
              in -> read(in.putFh().saveFh(), kind)),
          patience);
      return true;
    } catch (NfsStatusException e) {
      return !isMissing(e);
    }
  }

  private static boolean read(OpReader in, ServerCopy kind)
      throws XdrException, NfsStatusException {
    if (kind == CLONE) {
      in.cloneRange();
    } else {
      in.copyRange();
    }
    return true;
  }

  /** Whether the server has no such operation, or not between these files. */
  static boolean isMissing(NfsStatusException e) {
    return e.isAny(
        Status.NOTSUPP,
        Status.OP_ILLEGAL,
        Status.OP_NOT_IN_SESSION,
        Status.UNION_NOTSUPP,
        Status.OFFLOAD_DENIED,
        Status.OFFLOAD_NO_REQS,
        Status.XDEV);
  }
}
