package io.diskmap.nfs.rpc;

import io.diskmap.nfs.rpc.RpcException.Reason;
import io.diskmap.nfs.xdr.XdrException;
import io.diskmap.nfs.xdr.XdrReader;
import io.diskmap.nfs.xdr.XdrWriter;

/** The headers of calls and replies. Stateless. */
public final class RpcMessages {
  private static final int CALL = 0;
  private static final int REPLY = 1;
  private static final int VERSION = 2;
  private static final int ACCEPTED = 0;
  private static final int MAX_VERIFIER = 400;

  private RpcMessages() {}

  /** Writes the header of a call. */
  public static void writeCall(
      XdrWriter out, int xid, int program, int version, int procedure, Credential credential) {
    out.int32(xid).int32(CALL).int32(VERSION).int32(program).int32(version).int32(procedure);
    credential.write(out);
  }

  /** Reads the header of a reply up to its results; throws what the peer refused. */
  public static void readReply(XdrReader in, int xid) throws XdrException, RpcException {
    if (in.int32() != xid) {
      throw new XdrException("the reply belongs to another call");
    }
    if (in.int32() != REPLY) {
      throw new XdrException("the message is no reply");
    }
    if (in.int32() != ACCEPTED) {
      throw denied(in);
    }
    in.int32();
    in.skipOpaque(MAX_VERIFIER);
    int status = in.int32();
    if (status != 0) {
      throw notExecuted(status);
    }
  }

  private static RpcException denied(XdrReader in) throws XdrException {
    if (in.int32() == 0) {
      return new RpcException(
          Reason.NOT_SERVED, "the server speaks RPC " + in.int32() + " to " + in.int32());
    }
    return new RpcException(
        Reason.AUTHENTICATION, "the server refuses the credential: " + authentication(in.int32()));
  }

  private static String authentication(int status) {
    return switch (status) {
      case 1 -> "bad credential";
      case 2 -> "credential rejected, a new one is needed";
      case 3 -> "bad verifier";
      case 4 -> "verifier expired";
      case 5 -> "the export asks for stronger security";
      default -> "status " + status;
    };
  }

  private static RpcException notExecuted(int status) {
    return switch (status) {
      case 1 -> new RpcException(Reason.NOT_SERVED, "the server does not serve NFS");
      case 2 -> new RpcException(Reason.NOT_SERVED, "the server does not serve NFS version 4");
      case 3 -> new RpcException(Reason.NOT_SERVED, "the server does not know the procedure");
      case 4 -> new RpcException(Reason.OTHER, "the server could not decode the call");
      default -> new RpcException(Reason.OTHER, "the server failed with RPC status " + status);
    };
  }
}
