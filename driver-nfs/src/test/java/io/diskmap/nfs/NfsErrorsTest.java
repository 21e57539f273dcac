package io.diskmap.nfs;

import static org.assertj.core.api.Assertions.assertThat;

import io.diskmap.ErrorKind;
import io.diskmap.nfs.v4.NfsStatusException;
import io.diskmap.nfs.v4.Status;
import java.lang.reflect.Field;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class NfsErrorsTest {
  @Test
  void every_status_of_the_protocol_has_a_kind_and_a_sentence() throws Exception {
    for (Field field : Status.class.getFields()) {
      int status = field.getInt(null);
      var translated = NfsErrors.of(new NfsStatusException(status, 18, false));
      assertThat(translated.sentence()).as(field.getName()).endsWith(".").doesNotContain("null");
      assertThat(translated.kind()).as(field.getName()).isNotNull();
      assertThat(Status.name(status)).isEqualTo("NFS4ERR_" + field.getName());
    }
  }

  @Test
  void the_statuses_that_operators_meet_have_the_kinds_of_the_contract() {
    assertThat(NfsErrors.kind(Status.NOSPC)).isEqualTo(ErrorKind.NO_SPACE);
    assertThat(NfsErrors.kind(Status.DQUOT)).isEqualTo(ErrorKind.QUOTA_EXCEEDED);
    assertThat(NfsErrors.kind(Status.ACCESS)).isEqualTo(ErrorKind.PERMISSION_DENIED);
    assertThat(NfsErrors.kind(Status.ROFS)).isEqualTo(ErrorKind.READ_ONLY);
    assertThat(NfsErrors.kind(Status.WRONGSEC)).isEqualTo(ErrorKind.UNAUTHENTICATED);
    assertThat(NfsErrors.kind(Status.NAMETOOLONG)).isEqualTo(ErrorKind.PATH_INVALID);
    assertThat(NfsErrors.kind(Status.GRACE)).isEqualTo(ErrorKind.UNAVAILABLE);
    assertThat(NfsErrors.kind(99_999)).isEqualTo(ErrorKind.UNKNOWN);
  }

  @Test
  void a_link_is_resolved_inside_the_root_only() {
    assertThat(NfsLinks.resolve("a/b/link", "../c")).isEqualTo(Optional.of("a/c"));
    assertThat(NfsLinks.resolve("link", "d/./e")).isEqualTo(Optional.of("d/e"));
    assertThat(NfsLinks.resolve("a/link", "../../etc/passwd")).isEmpty();
    assertThat(NfsLinks.resolve("link", "..")).isEmpty();
    assertThat(NfsLinks.resolve("link", ".diskmap/uploads/x")).isEmpty();
    assertThat(NfsLinks.resolve("a/link", "..")).isEmpty();
  }
}
