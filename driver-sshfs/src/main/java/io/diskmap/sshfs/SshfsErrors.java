package io.diskmap.sshfs;

import io.diskmap.ErrorKind;
import io.diskmap.StorageException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.util.concurrent.TimeoutException;
import net.schmizz.sshj.common.DisconnectReason;
import net.schmizz.sshj.common.SSHException;
import net.schmizz.sshj.userauth.UserAuthException;
import org.jspecify.annotations.Nullable;

/**
 * The one place where failures of SFTP and SSH become those of the contract. Stateless.
 *
 * <p>A sentence says what happened and what to do, and names no path. SFTP version 3 tells little:
 * most failures of the server's file system are one code, which the caller tells apart by looking.
 */
final class SshfsErrors {
  private SshfsErrors() {}

  /** A failure that is told to several callers, with a stack trace for each. */
  static StorageException again(@Nullable Throwable failure) {
    if (failure instanceof StorageException known) {
      return StorageException.of(known.kind(), known.sentence(), known);
    }
    return failure instanceof IOException io
        ? of(io)
        : StorageException.of(ErrorKind.UNKNOWN, "The driver failed.", failure);
  }

  /** A failure of the connection. */
  static StorageException of(IOException failure) {
    if (failure instanceof StorageException known) {
      return known;
    }
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof UserAuthException) {
        return refusedLogin(failure);
      }
      if (cause instanceof UnknownHostException) {
        return StorageException.of(
            ErrorKind.UNAVAILABLE,
            "The SFTP server's name is unknown; check the option host and the name service.",
            failure);
      }
      if (cause instanceof ConnectException || cause instanceof NoRouteToHostException) {
        return StorageException.of(
            ErrorKind.UNAVAILABLE,
            "The SFTP server takes no connection; check that it runs, and the options host and"
                + " port.",
            failure);
      }
      if (cause instanceof SocketTimeoutException || cause instanceof TimeoutException) {
        return StorageException.of(
            ErrorKind.TIMEOUT, "The SFTP server did not answer in time; try again later.", failure);
      }
    }
    return failure instanceof SSHException ssh ? ofSsh(ssh) : lost(failure);
  }

  private static StorageException refusedLogin(IOException failure) {
    return StorageException.of(
        ErrorKind.UNAUTHENTICATED,
        "The SFTP server does not accept the log-in; check username, identity_file or password, and"
            + " the server's authorized_keys.",
        failure);
  }

  private static StorageException ofSsh(SSHException ssh) {
    DisconnectReason reason = ssh.getDisconnectReason();
    if (String.valueOf(ssh.getMessage()).contains("certificate check failed")) {
      return StorageException.of(
          ErrorKind.UNAUTHENTICATED,
          "The server's host certificate does not hold: it names other hosts, is out of its time, or"
              + " its signature is wrong; renew it on the server.",
          ssh);
    }
    return switch (reason) {
      case HOST_KEY_NOT_VERIFIABLE ->
          StorageException.of(
              ErrorKind.UNAUTHENTICATED,
              "The server's host key is not known; add it to the file of the option known_hosts.",
              ssh);
      case KEY_EXCHANGE_FAILED, MAC_ERROR, COMPRESSION_ERROR, PROTOCOL_VERSION_NOT_SUPPORTED ->
          StorageException.of(
              ErrorKind.UNAVAILABLE,
              "The server and this driver agree on no key exchange or cipher, or what they exchanged"
                  + " was damaged; check the option ciphers and the server's settings.",
              ssh);
      case NO_MORE_AUTH_METHODS_AVAILABLE, ILLEGAL_USER_NAME, AUTH_CANCELLED_BY_USER ->
          refusedLogin(ssh);
      case HOST_NOT_ALLOWED_TO_CONNECT ->
          StorageException.of(
              ErrorKind.PERMISSION_DENIED,
              "The SSH server allows no connection from this machine; check its settings.",
              ssh);
      case TOO_MANY_CONNECTIONS ->
          StorageException.of(
              ErrorKind.THROTTLED,
              "The SSH server has too many connections; try again later, or raise its MaxStartups.",
              ssh);
      default -> lost(ssh);
    };
  }

  private static StorageException lost(IOException failure) {
    return StorageException.of(
        ErrorKind.UNAVAILABLE,
        "The connection to the SFTP server broke; try again later.",
        failure);
  }

  /** A status that is a failure, as far as the code alone tells. */
  static StorageException ofStatus(SftpReply reply) {
    int code = reply.status();
    IOException told = new IOException("SFTP status " + code + ": " + reply.message());
    return StorageException.of(kind(code), sentence(code), told);
  }

  /** The kind of every status of the protocol, those of later versions included. */
  static ErrorKind kind(int code) {
    return switch (code) {
      case Sftp.NO_SUCH_FILE, Sftp.NO_SUCH_PATH -> ErrorKind.NOT_FOUND;
      case Sftp.PERMISSION_DENIED -> ErrorKind.PERMISSION_DENIED;
      case Sftp.BAD_MESSAGE, Sftp.INVALID_FILENAME -> ErrorKind.PATH_INVALID;
      case Sftp.NO_CONNECTION, Sftp.CONNECTION_LOST -> ErrorKind.UNAVAILABLE;
      case Sftp.OP_UNSUPPORTED -> ErrorKind.UNSUPPORTED;
      case Sftp.FILE_ALREADY_EXISTS -> ErrorKind.ALREADY_EXISTS;
      case Sftp.WRITE_PROTECT -> ErrorKind.READ_ONLY;
      case Sftp.NO_SPACE -> ErrorKind.NO_SPACE;
      case Sftp.QUOTA_EXCEEDED -> ErrorKind.QUOTA_EXCEEDED;
      case Sftp.DIR_NOT_EMPTY, Sftp.NOT_A_DIRECTORY -> ErrorKind.PATH_CONFLICT;
      default -> ErrorKind.UNKNOWN;
    };
  }

  private static String sentence(int code) {
    return switch (kind(code)) {
      case NOT_FOUND -> "There is no such file on the server.";
      case PERMISSION_DENIED ->
          "The server refuses this to the user; check the owner and mode of the directory.";
      case PATH_INVALID -> "The server does not take the name; it is too long for its file system.";
      case UNAVAILABLE -> "The server lost its own connection to the files; try again later.";
      case UNSUPPORTED -> "The server cannot do this.";
      case ALREADY_EXISTS -> "The file exists already.";
      case READ_ONLY -> "The server's file system is read-only.";
      case NO_SPACE -> "The server's file system is full; make room on it.";
      case QUOTA_EXCEEDED -> "The quota on the server is used up; raise it or make room.";
      case PATH_CONFLICT -> "A file stands where a directory is needed, or the other way round.";
      default ->
          "The server failed without a reason; its file system may be full, over quota or read-only.";
    };
  }
}
