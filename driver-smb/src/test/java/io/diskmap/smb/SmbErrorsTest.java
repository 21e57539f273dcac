package io.diskmap.smb;

import static org.assertj.core.api.Assertions.assertThat;

import io.diskmap.ErrorKind;
import io.diskmap.StorageException;
import io.diskmap.smb.wire.KerberosException;
import io.diskmap.smb.wire.NtStatus;
import io.diskmap.smb.wire.SmbStatusException;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SmbErrorsTest {
  @Test
  void each_status_has_its_kind_and_says_what_to_do() {
    Map<Integer, ErrorKind> kinds =
        Map.of(
            NtStatus.DISK_FULL, ErrorKind.NO_SPACE,
            NtStatus.QUOTA_EXCEEDED, ErrorKind.QUOTA_EXCEEDED,
            NtStatus.ACCESS_DENIED, ErrorKind.PERMISSION_DENIED,
            NtStatus.SHARING_VIOLATION, ErrorKind.BUSY,
            NtStatus.NAME_TOO_LONG, ErrorKind.PATH_INVALID,
            NtStatus.LOGON_FAILURE, ErrorKind.UNAUTHENTICATED,
            NtStatus.ACCOUNT_LOCKED_OUT, ErrorKind.UNAUTHENTICATED,
            NtStatus.USER_SESSION_DELETED, ErrorKind.UNAVAILABLE,
            NtStatus.INSUFFICIENT_RESOURCES, ErrorKind.THROTTLED,
            NtStatus.MEDIA_WRITE_PROTECTED, ErrorKind.READ_ONLY);
    kinds.forEach(
        (status, kind) -> {
          StorageException e = SmbErrors.of(new SmbStatusException("CREATE", status));
          assertThat(e.kind()).as(NtStatus.name(status)).isEqualTo(kind);
          assertThat(e.getMessage()).hasSizeGreaterThan(30);
        });
  }

  @Test
  void a_locked_account_is_told_from_a_wrong_password() {
    assertThat(SmbErrors.of(new SmbStatusException("SESSION_SETUP", NtStatus.ACCOUNT_LOCKED_OUT)))
        .hasMessageContaining("unlock it");
    assertThat(SmbErrors.of(new SmbStatusException("SESSION_SETUP", NtStatus.PASSWORD_EXPIRED)))
        .hasMessageContaining("expired");
  }

  @Test
  void every_reason_of_kerberos_has_a_kind_and_a_remedy_of_its_own() {
    Set<String> sentences = new HashSet<>();
    for (KerberosException.Reason reason : KerberosException.Reason.values()) {
      StorageException e = SmbErrors.of(new KerberosException(reason, "why", null));
      assertThat(e.kind())
          .as(reason.name())
          .isIn(ErrorKind.UNAUTHENTICATED, ErrorKind.UNAVAILABLE, ErrorKind.UNSUPPORTED);
      sentences.add(e.getMessage());
    }
    assertThat(sentences).hasSameSizeAs(KerberosException.Reason.values());
  }

  @Test
  void a_status_that_nobody_knows_is_shown_by_its_number() {
    assertThat(SmbErrors.of(new SmbStatusException("READ", 0xC0001234)))
        .hasMessageContaining("0XC0001234");
  }
}
