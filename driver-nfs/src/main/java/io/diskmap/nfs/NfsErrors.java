package io.diskmap.nfs;

import io.diskmap.ErrorKind;
import io.diskmap.StorageException;
import io.diskmap.nfs.rpc.RpcException;
import io.diskmap.nfs.v4.NfsStatusException;
import io.diskmap.nfs.v4.NoAnswerException;
import io.diskmap.nfs.v4.Status;
import io.diskmap.nfs.xdr.XdrException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import javax.net.ssl.SSLException;

/**
 * The one place where failures of the protocol become those of the contract. Stateless.
 *
 * <p>A sentence says what happened and what to do, and names no path.
 */
final class NfsErrors {
  private NfsErrors() {}

  static StorageException of(IOException failure) {
    if (failure instanceof StorageException known) {
      return known;
    }
    if (failure instanceof NfsStatusException status) {
      return ofStatus(status);
    }
    if (failure instanceof NoAnswerException none) {
      return ofNoAnswer(none);
    }
    if (failure instanceof RpcException rpc) {
      return ofRpc(rpc);
    }
    if (failure instanceof XdrException) {
      return StorageException.of(
          ErrorKind.UNKNOWN,
          "The server sent what NFS version 4 does not allow: " + failure.getMessage() + ".",
          failure);
    }
    return StorageException.of(
        ErrorKind.UNAVAILABLE,
        "The connection to the NFS server failed; try again later.",
        failure);
  }

  private static StorageException ofNoAnswer(NoAnswerException none) {
    Throwable cause = none.getCause();
    if (cause instanceof NfsStatusException || cause instanceof RpcException) {
      return of((IOException) cause);
    }
    if (cause instanceof SSLException) {
      return StorageException.of(
          ErrorKind.UNAUTHENTICATED,
          "The NFS server's certificate is not trusted or does not name it, or no cipher is common;"
              + " check host and ca_file.",
          none);
    }
    if (cause instanceof UnknownHostException) {
      return StorageException.of(
          ErrorKind.UNAVAILABLE,
          "The NFS server's name is unknown; check the option host and the name service.",
          none);
    }
    if (cause instanceof ConnectException) {
      return StorageException.of(
          ErrorKind.UNAVAILABLE,
          "The NFS server takes no connection; check that it runs, and the options host and port.",
          none);
    }
    if (cause == null) {
      return StorageException.of(
          ErrorKind.TIMEOUT,
          "The NFS server did not answer within the time limit; try again later.",
          none);
    }
    return StorageException.of(
        ErrorKind.UNAVAILABLE, "The NFS server does not answer; try again later.", none);
  }

  private static StorageException ofRpc(RpcException rpc) {
    return switch (rpc.reason()) {
      case AUTHENTICATION ->
          StorageException.of(
              ErrorKind.UNAUTHENTICATED,
              "The NFS server does not take the user's numbers; the export must allow sec=sys.",
              rpc);
      case NO_TLS ->
          StorageException.of(
              ErrorKind.UNSUPPORTED,
              "The NFS server does not offer TLS; turn it on there (xprtsec), or lead the"
                  + " connection through a tunnel.",
              rpc);
      case NOT_SERVED ->
          StorageException.of(
              ErrorKind.UNSUPPORTED,
              "What answers at the port does not serve NFS version 4; check host and port.",
              rpc);
      case OTHER ->
          StorageException.of(
              ErrorKind.UNKNOWN, "The NFS server refused the call: " + rpc.getMessage() + ".", rpc);
    };
  }

  private static StorageException ofStatus(NfsStatusException e) {
    return StorageException.of(kind(e.status()), sentence(e), e);
  }

  /** The kind of every status of the protocol. */
  static ErrorKind kind(int status) {
    return switch (status) {
      case Status.PERM, Status.ACCESS, Status.SYMLINK, Status.BADOWNER, Status.OPENMODE ->
          ErrorKind.PERMISSION_DENIED;
      case Status.NOENT, Status.STALE, Status.FHEXPIRED -> ErrorKind.NOT_FOUND;
      case Status.EXIST -> ErrorKind.ALREADY_EXISTS;
      case Status.NOTDIR, Status.ISDIR, Status.NOTEMPTY, Status.WRONG_TYPE ->
          ErrorKind.PATH_CONFLICT;
      case Status.NAMETOOLONG, Status.BADCHAR, Status.BADNAME, Status.INVAL ->
          ErrorKind.PATH_INVALID;
      case Status.FBIG -> ErrorKind.TOO_LARGE;
      case Status.NOSPC -> ErrorKind.NO_SPACE;
      case Status.DQUOT -> ErrorKind.QUOTA_EXCEEDED;
      case Status.ROFS -> ErrorKind.READ_ONLY;
      case Status.WRONGSEC, Status.WRONG_CRED -> ErrorKind.UNAUTHENTICATED;
      case Status.LOCKED, Status.DENIED, Status.SHARE_DENIED, Status.FILE_OPEN, Status.CLID_INUSE ->
          ErrorKind.BUSY;
      case Status.DELAY -> ErrorKind.THROTTLED;
      case Status.GRACE,
          Status.EXPIRED,
          Status.BADSESSION,
          Status.DEADSESSION,
          Status.STALE_CLIENTID,
          Status.STALE_STATEID,
          Status.OLD_STATEID,
          Status.BAD_STATEID,
          Status.ADMIN_REVOKED,
          Status.DELEG_REVOKED,
          Status.CONN_NOT_BOUND_TO_SESSION,
          Status.MOVED ->
          ErrorKind.UNAVAILABLE;
      case Status.NOTSUPP,
          Status.ATTRNOTSUPP,
          Status.MINOR_VERS_MISMATCH,
          Status.XDEV,
          Status.MLINK,
          Status.OP_ILLEGAL,
          Status.UNION_NOTSUPP,
          Status.PARTNER_NOTSUPP,
          Status.OFFLOAD_DENIED,
          Status.OFFLOAD_NO_REQS ->
          ErrorKind.UNSUPPORTED;
      default -> ErrorKind.UNKNOWN;
    };
  }

  private static String sentence(NfsStatusException e) {
    return switch (kind(e.status())) {
      case PERMISSION_DENIED ->
          "The NFS server refuses this to the user; check uid, gid, the mode of the directories and"
              + " the export's squash settings.";
      case NOT_FOUND -> "There is no such file on the NFS server.";
      case ALREADY_EXISTS -> "The file exists already.";
      case PATH_CONFLICT -> "A file stands where a directory is needed, or the other way round.";
      case PATH_INVALID -> "The NFS server does not take the name: " + status(e) + ".";
      case TOO_LARGE -> "The file is larger than the NFS server's file system allows.";
      case NO_SPACE -> "The NFS server's file system is full; make room on it.";
      case QUOTA_EXCEEDED -> "The quota on the NFS server is used up; raise it or make room.";
      case READ_ONLY -> "The export is read-only; export it for writing, or set read_only.";
      case UNAUTHENTICATED ->
          "The export asks for stronger security than sec=sys, which is all this driver has.";
      case BUSY -> "Somebody else holds the file on the NFS server; try again later.";
      case THROTTLED -> "The NFS server asks for patience; try again later.";
      case UNAVAILABLE ->
          e.isAny(Status.GRACE)
              ? "The NFS server was restarted and waits for its clients; try again later."
              : "The NFS server has forgotten this client; try again.";
      case UNSUPPORTED -> "The NFS server cannot do this: " + status(e) + ".";
      default -> "The NFS server failed: " + status(e) + "; look at its log.";
    };
  }

  private static String status(NfsStatusException e) {
    return e.operation() + " answered " + Status.name(e.status());
  }
}
