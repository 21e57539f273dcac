package io.diskmap.sshfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.diskmap.Content;
import io.diskmap.ErrorKind;
import io.diskmap.Storage;
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
    requireRefused(disk, storage -> storage.exists("f"), kind, words);
  }

  /** Whether a save fails so. */
  static void requireRefusedSave(SshDisk disk, ErrorKind kind, String... words) {
    requireRefused(disk, storage -> storage.save("f", Content.of("x")), kind, words);
  }

  /** One use of a disk. */
  @FunctionalInterface
  private interface Use {
    void of(Storage storage) throws StorageException;
  }

  private static void requireRefused(SshDisk disk, Use use, ErrorKind kind, String... words) {
    ThrowingCallable whole =
        () -> {
          try (StorageManager manager = disk.open()) {
            use.of(SshDisk.of(manager));
          }
        };
    assertThatThrownBy(whole)
        .isInstanceOfSatisfying(StorageException.class, e -> assertThat(e.kind()).isEqualTo(kind))
        .hasMessageContainingAll(words);
  }
}
