package io.diskmap.sshfs;

import static org.assertj.core.api.Assertions.assertThat;

import io.diskmap.ErrorKind;
import io.diskmap.StorageException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import net.schmizz.sshj.common.DisconnectReason;
import net.schmizz.sshj.common.SSHException;
import net.schmizz.sshj.transport.TransportException;
import net.schmizz.sshj.userauth.UserAuthException;
import org.junit.jupiter.api.Test;

class SshfsErrorsTest {
  private static SftpReply status(int code, String message) {
    byte[] text = message.getBytes(StandardCharsets.UTF_8);
    ByteBuffer body = ByteBuffer.allocate(8 + text.length);
    return new SftpReply(Sftp.STATUS, body.putInt(code).putInt(text.length).put(text).flip());
  }

  @Test
  void every_status_has_a_kind_and_a_sentence_that_names_no_path() {
    Map<Integer, ErrorKind> kinds = new LinkedHashMap<>();
    kinds.put(Sftp.NO_SUCH_FILE, ErrorKind.NOT_FOUND);
    kinds.put(Sftp.NO_SUCH_PATH, ErrorKind.NOT_FOUND);
    kinds.put(Sftp.PERMISSION_DENIED, ErrorKind.PERMISSION_DENIED);
    kinds.put(Sftp.FAILURE, ErrorKind.UNKNOWN);
    kinds.put(Sftp.BAD_MESSAGE, ErrorKind.PATH_INVALID);
    kinds.put(Sftp.NO_CONNECTION, ErrorKind.UNAVAILABLE);
    kinds.put(Sftp.CONNECTION_LOST, ErrorKind.UNAVAILABLE);
    kinds.put(Sftp.OP_UNSUPPORTED, ErrorKind.UNSUPPORTED);
    kinds.put(Sftp.FILE_ALREADY_EXISTS, ErrorKind.ALREADY_EXISTS);
    kinds.put(Sftp.WRITE_PROTECT, ErrorKind.READ_ONLY);
    kinds.put(Sftp.NO_SPACE, ErrorKind.NO_SPACE);
    kinds.put(Sftp.QUOTA_EXCEEDED, ErrorKind.QUOTA_EXCEEDED);
    kinds.put(Sftp.DIR_NOT_EMPTY, ErrorKind.PATH_CONFLICT);
    kinds.put(Sftp.NOT_A_DIRECTORY, ErrorKind.PATH_CONFLICT);
    kinds.put(Sftp.INVALID_FILENAME, ErrorKind.PATH_INVALID);
    kinds.put(9999, ErrorKind.UNKNOWN);
    kinds.forEach(
        (code, kind) -> {
          StorageException told = SshfsErrors.ofStatus(status(code, "/patients/ann"));
          assertThat(told.kind()).as("status %d", code).isEqualTo(kind);
          assertThat(told.sentence()).endsWith(".").doesNotContain("patients");
          assertThat(told.getCause()).hasMessageContaining(Integer.toString(code));
        });
  }

  @Test
  void every_reason_of_a_disconnect_has_a_kind_and_a_remedy() {
    Map<DisconnectReason, ErrorKind> kinds = new LinkedHashMap<>();
    for (DisconnectReason reason : DisconnectReason.values()) {
      kinds.put(reason, ErrorKind.UNAVAILABLE);
    }
    kinds.put(DisconnectReason.HOST_KEY_NOT_VERIFIABLE, ErrorKind.UNAUTHENTICATED);
    kinds.put(DisconnectReason.NO_MORE_AUTH_METHODS_AVAILABLE, ErrorKind.UNAUTHENTICATED);
    kinds.put(DisconnectReason.ILLEGAL_USER_NAME, ErrorKind.UNAUTHENTICATED);
    kinds.put(DisconnectReason.AUTH_CANCELLED_BY_USER, ErrorKind.UNAUTHENTICATED);
    kinds.put(DisconnectReason.HOST_NOT_ALLOWED_TO_CONNECT, ErrorKind.PERMISSION_DENIED);
    kinds.put(DisconnectReason.TOO_MANY_CONNECTIONS, ErrorKind.THROTTLED);
    kinds.forEach(
        (reason, kind) -> {
          StorageException told = SshfsErrors.of(new SSHException(reason, "the server's words"));
          assertThat(told.kind()).as("%s", reason).isEqualTo(kind);
          assertThat(told.sentence()).containsAnyOf("check", "add it", "try again");
        });
  }

  @Test
  void a_failure_of_the_network_is_told_by_its_cause() {
    Map<IOException, ErrorKind> kinds = new LinkedHashMap<>();
    kinds.put(new ConnectException("refused"), ErrorKind.UNAVAILABLE);
    kinds.put(new UnknownHostException("main-server"), ErrorKind.UNAVAILABLE);
    kinds.put(new SocketTimeoutException("slow"), ErrorKind.TIMEOUT);
    kinds.put(
        new TransportException(new SocketException("Connection reset")), ErrorKind.UNAVAILABLE);
    kinds.put(new UserAuthException("Exhausted available methods"), ErrorKind.UNAUTHENTICATED);
    kinds.put(
        new TransportException(
            DisconnectReason.KEY_EXCHANGE_FAILED,
            "KeyExchange certificate check failed: Certificate is valid before 2020"),
        ErrorKind.UNAUTHENTICATED);
    kinds.forEach(
        (failure, kind) ->
            assertThat(SshfsErrors.of(failure).kind()).as("%s", failure).isEqualTo(kind));
  }
}
