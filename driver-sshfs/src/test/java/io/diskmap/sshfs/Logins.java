package io.diskmap.sshfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.diskmap.ErrorKind;
import io.diskmap.StorageException;
import io.diskmap.StorageManager;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** Whether a disk can be opened and used. */
final class Logins {
  private Logins() {}

  static void requireOpens(SshDisk disk) throws Exception {
    try (StorageManager manager = disk.open()) {
      assertThat(SshDisk.of(manager).health().problem()).isEmpty();
    }
  }

  /** Whether the first use fails with this kind and these words. */
  static void requireRefused(SshDisk disk, ErrorKind kind, String... words) {
    ThrowingCallable use =
        () -> {
          try (StorageManager manager = disk.open()) {
            SshDisk.of(manager).exists("f");
          }
        };
    assertThatThrownBy(use)
        .isInstanceOfSatisfying(StorageException.class, e -> assertThat(e.kind()).isEqualTo(kind))
        .hasMessageContainingAll(words);
  }
}
