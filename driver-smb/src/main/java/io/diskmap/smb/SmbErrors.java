package io.diskmap.smb;

import io.diskmap.ErrorKind;
import io.diskmap.StorageException;
import io.diskmap.smb.wire.KerberosException;
import io.diskmap.smb.wire.LoginException;
import io.diskmap.smb.wire.NoAnswerException;
import io.diskmap.smb.wire.NtStatus;
import io.diskmap.smb.wire.SmbStatusException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;

/**
 * The one place where failures of the protocol become those of the contract. Stateless.
 *
 * <p>A sentence says what happened and what to do, and names no path.
 */
final class SmbErrors {
  private SmbErrors() {}

  static StorageException of(IOException failure) {
    if (failure instanceof StorageException known) {
      return known;
    }
    if (failure instanceof SmbStatusException status) {
      return StorageException.of(kind(status.status()), sentence(status), status);
    }
    if (failure instanceof LoginException login) {
      return ofLogin(login);
    }
    if (failure instanceof KerberosException kerberos) {
      return ofKerberos(kerberos);
    }
    if (failure instanceof NoAnswerException || failure instanceof SocketTimeoutException) {
      return StorageException.of(
          ErrorKind.TIMEOUT,
          "The SMB server did not answer within the time limit; try again later.",
          failure);
    }
    if (failure instanceof UnknownHostException) {
      return StorageException.of(
          ErrorKind.UNAVAILABLE,
          "The SMB server's name is unknown; check the option host and the name service.",
          failure);
    }
    if (failure instanceof ConnectException) {
      return StorageException.of(
          ErrorKind.UNAVAILABLE,
          "The SMB server takes no connection; check that it runs, and the options host and port.",
          failure);
    }
    return StorageException.of(
        ErrorKind.UNAVAILABLE,
        "The connection to the SMB server failed; try again later.",
        failure);
  }

  private static StorageException ofLogin(LoginException login) {
    return switch (login.reason()) {
      case DIALECT, OTHER ->
          StorageException.of(
              ErrorKind.UNSUPPORTED,
              "No session with the SMB server: "
                  + login.getMessage()
                  + "; check min_dialect and"
                  + " max_dialect.",
              login);
      case MECHANISM ->
          StorageException.of(
              ErrorKind.UNSUPPORTED,
              "The SMB server does not take the log-in that the option auth names; join it to the"
                  + " realm for kerberos, or let it take NTLMv2 for password.",
              login);
      case SIGNING ->
          StorageException.of(
              ErrorKind.UNSUPPORTED,
              "The session has no key to sign with, and signing is required; check the user.",
              login);
      case ENCRYPTION ->
          StorageException.of(
              ErrorKind.UNSUPPORTED,
              "The session cannot be encrypted; enable SMB 3 encryption on the server, or set"
                  + " allow_plaintext where the network is private.",
              login);
      case GUEST ->
          StorageException.of(
              ErrorKind.UNAUTHENTICATED,
              "The SMB server does not know the user and let a guest in instead; check username,"
                  + " domain and password.",
              login);
      case SHARE ->
          StorageException.of(
              ErrorKind.UNSUPPORTED,
              "The share is a printer or a pipe and holds no files; check the option share.",
              login);
    };
  }

  private static StorageException ofKerberos(KerberosException e) {
    ErrorKind kind =
        switch (e.reason()) {
          case KDC -> ErrorKind.UNAVAILABLE;
          case SETTINGS -> ErrorKind.UNSUPPORTED;
          default -> ErrorKind.UNAUTHENTICATED;
        };
    String sentence =
        switch (e.reason()) {
          case KEYTAB ->
              "The keytab is not there or cannot be read; check the option keytab and who may read"
                  + " the file.";
          case KEY ->
              "The key distribution centre does not accept the principal's key, or the keytab has"
                  + " none for it; check username, and write the keytab anew or correct the"
                  + " password.";
          case PRINCIPAL ->
              "The realm does not know the principal or lets it in no more; check username, and the"
                  + " account.";
          case TICKET ->
              "There is no Kerberos ticket that is valid now; renew the ticket cache, and check the"
                  + " options ticket_cache and username.";
          case SERVICE ->
              "The realm knows no service cifs/ of this server; name the server in the option host"
                  + " as its realm does, by its full name.";
          case CLOCK ->
              "The clocks of this machine and of the realm differ too much for Kerberos; set them"
                  + " right.";
          case KDC ->
              "The realm's key distribution centre does not answer; check that it runs, and the"
                  + " krb5 settings of the JVM.";
          case SETTINGS ->
              "The JVM does not know the realm or its key distribution centre; name them in"
                  + " /etc/krb5.conf, or in the file of java.security.krb5.conf.";
          case OTHER -> "The log-in by Kerberos failed: " + e.getMessage() + ".";
        };
    return StorageException.of(kind, sentence, e);
  }

  /** The kind of every status of the protocol. */
  static ErrorKind kind(int status) {
    return switch (status) {
      case NtStatus.ACCESS_DENIED,
          NtStatus.PRIVILEGE_NOT_HELD,
          NtStatus.NETWORK_ACCESS_DENIED,
          NtStatus.CANNOT_DELETE,
          NtStatus.STOPPED_ON_SYMLINK,
          NtStatus.IO_REPARSE_TAG_NOT_HANDLED ->
          ErrorKind.PERMISSION_DENIED;
      case NtStatus.OBJECT_NAME_NOT_FOUND,
          NtStatus.OBJECT_PATH_NOT_FOUND,
          NtStatus.NO_SUCH_FILE,
          NtStatus.NOT_FOUND,
          NtStatus.DELETE_PENDING,
          NtStatus.FILE_DELETED,
          NtStatus.NO_SUCH_DEVICE,
          NtStatus.BAD_NETWORK_NAME ->
          ErrorKind.NOT_FOUND;
      case NtStatus.OBJECT_NAME_COLLISION -> ErrorKind.ALREADY_EXISTS;
      case NtStatus.FILE_IS_A_DIRECTORY, NtStatus.NOT_A_DIRECTORY, NtStatus.DIRECTORY_NOT_EMPTY ->
          ErrorKind.PATH_CONFLICT;
      case NtStatus.OBJECT_NAME_INVALID,
          NtStatus.OBJECT_PATH_INVALID,
          NtStatus.OBJECT_PATH_SYNTAX_BAD,
          NtStatus.NAME_TOO_LONG ->
          ErrorKind.PATH_INVALID;
      case NtStatus.DISK_FULL -> ErrorKind.NO_SPACE;
      case NtStatus.QUOTA_EXCEEDED -> ErrorKind.QUOTA_EXCEEDED;
      case NtStatus.FILE_TOO_LARGE -> ErrorKind.TOO_LARGE;
      case NtStatus.MEDIA_WRITE_PROTECTED -> ErrorKind.READ_ONLY;
      case NtStatus.LOGON_FAILURE,
          NtStatus.NO_SUCH_USER,
          NtStatus.WRONG_PASSWORD,
          NtStatus.ACCOUNT_RESTRICTION,
          NtStatus.INVALID_LOGON_HOURS,
          NtStatus.INVALID_WORKSTATION,
          NtStatus.PASSWORD_EXPIRED,
          NtStatus.PASSWORD_MUST_CHANGE,
          NtStatus.ACCOUNT_DISABLED,
          NtStatus.ACCOUNT_EXPIRED,
          NtStatus.ACCOUNT_LOCKED_OUT,
          NtStatus.LOGON_TYPE_NOT_GRANTED,
          NtStatus.TRUST_FAILURE ->
          ErrorKind.UNAUTHENTICATED;
      case NtStatus.SHARING_VIOLATION,
          NtStatus.FILE_LOCK_CONFLICT,
          NtStatus.LOCK_NOT_GRANTED,
          NtStatus.FILES_OPEN ->
          ErrorKind.BUSY;
      case NtStatus.NETWORK_BUSY,
          NtStatus.RETRY,
          NtStatus.REQUEST_NOT_ACCEPTED,
          NtStatus.INSUFFICIENT_RESOURCES,
          NtStatus.INSUFF_SERVER_RESOURCES,
          NtStatus.TOO_MANY_OPENED_FILES ->
          ErrorKind.THROTTLED;
      case NtStatus.IO_TIMEOUT -> ErrorKind.TIMEOUT;
      case NtStatus.NO_LOGON_SERVERS,
          NtStatus.USER_SESSION_DELETED,
          NtStatus.NETWORK_SESSION_EXPIRED,
          NtStatus.NETWORK_NAME_DELETED,
          NtStatus.CONNECTION_DISCONNECTED,
          NtStatus.CONNECTION_RESET,
          NtStatus.CONNECTION_ABORTED,
          NtStatus.FILE_CLOSED,
          NtStatus.CANCELLED,
          NtStatus.VOLUME_DISMOUNTED,
          NtStatus.DFS_UNAVAILABLE,
          NtStatus.BAD_NETWORK_PATH ->
          ErrorKind.UNAVAILABLE;
      case NtStatus.NOT_SUPPORTED,
          NtStatus.NOT_IMPLEMENTED,
          NtStatus.INVALID_DEVICE_REQUEST,
          NtStatus.INVALID_INFO_CLASS,
          NtStatus.NOT_SAME_DEVICE,
          NtStatus.PATH_NOT_COVERED ->
          ErrorKind.UNSUPPORTED;
      default -> ErrorKind.UNKNOWN;
    };
  }

  private static String sentence(SmbStatusException e) {
    return switch (kind(e.status())) {
      case PERMISSION_DENIED ->
          "The SMB server refuses this to the user; check the rights on the share and on the"
              + " directories, and whether the file is marked read-only.";
      case NOT_FOUND ->
          e.isAny(NtStatus.BAD_NETWORK_NAME)
              ? "The SMB server has no such share; check the option share."
              : "There is no such file on the SMB server.";
      case ALREADY_EXISTS -> "The file exists already.";
      case PATH_CONFLICT -> "A file stands where a directory is needed, or the other way round.";
      case PATH_INVALID ->
          "The SMB server does not take the name, which may be too long in its stored form: "
              + e.getMessage()
              + ".";
      case NO_SPACE -> "The SMB server's file system is full; make room on it.";
      case QUOTA_EXCEEDED -> "The quota on the SMB server is used up; raise it or make room.";
      case TOO_LARGE -> "The file is larger than the SMB server's file system allows.";
      case READ_ONLY -> "The share's volume is read-only; make it writable, or set read_only.";
      case UNAUTHENTICATED -> login(e);
      case BUSY -> "Somebody else has the file open on the SMB server; try again later.";
      case THROTTLED -> "The SMB server is out of resources; try again later.";
      case TIMEOUT -> "The SMB server's storage did not answer in time; try again later.";
      case UNAVAILABLE ->
          e.isAny(NtStatus.NO_LOGON_SERVERS)
              ? "The SMB server reaches no domain controller that could tell who the user is; try"
                  + " again later, and check the server's domain."
              : "The SMB server has ended the session; try again.";
      case UNSUPPORTED ->
          e.isAny(NtStatus.PATH_NOT_COVERED)
              ? "The path lies behind a DFS link to another server; name that server and share."
              : "The SMB server cannot do this: " + e.getMessage() + ".";
      default -> "The SMB server failed: " + e.getMessage() + "; look at its log.";
    };
  }

  private static String login(SmbStatusException e) {
    return switch (e.status()) {
      case NtStatus.ACCOUNT_LOCKED_OUT ->
          "The account is locked after too many wrong passwords; unlock it, and correct the option"
              + " password first.";
      case NtStatus.ACCOUNT_DISABLED -> "The account is disabled on the SMB server; enable it.";
      case NtStatus.ACCOUNT_EXPIRED -> "The account has expired on the SMB server; extend it.";
      case NtStatus.PASSWORD_EXPIRED, NtStatus.PASSWORD_MUST_CHANGE ->
          "The account's password has expired; set a new one and give it in the option password.";
      case NtStatus.ACCOUNT_RESTRICTION,
          NtStatus.INVALID_LOGON_HOURS,
          NtStatus.INVALID_WORKSTATION,
          NtStatus.LOGON_TYPE_NOT_GRANTED ->
          "The server's rules do not let the account in from here or now; check its restrictions.";
      default ->
          "The SMB server does not accept the user; check username, domain and password, or with"
              + " Kerberos the server's own keytab.";
    };
  }
}
