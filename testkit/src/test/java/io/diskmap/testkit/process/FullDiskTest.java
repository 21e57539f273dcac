package io.diskmap.testkit.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(300)
class FullDiskTest {
  private final Optional<String> obstacle;

  FullDiskTest() throws Exception {
    obstacle = FullDisk.obstacle();
  }

  @Test
  void a_full_ext4_takes_no_byte_and_recovers() throws Exception {
    if (refusedWithReason()) {
      return;
    }
    try (FullDisk disk = FullDisk.ext4(16)) {
      Path file = disk.path().resolve("file");
      disk.fill();
      assertThatThrownBy(() -> Files.write(file, new byte[100_000]))
          .hasMessageContaining("No space left");
      disk.freeUp();
      Files.write(file, new byte[100_000]);
      Files.setAttribute(file, "user:note", ByteBuffer.wrap("x".getBytes(StandardCharsets.UTF_8)));
      assertThat(disk.usableSpace()).isGreaterThan(5_000_000);
    }
  }

  @Test
  void a_tmpfs_fills_to_a_chosen_rest() throws Exception {
    if (refusedWithReason()) {
      return;
    }
    FullDisk disk = FullDisk.tmpfs(4);
    try (disk) {
      disk.fillUpTo(1_000_000);
      assertThat(disk.usableSpace()).isBetween(990_000L, 1_010_000L);
      Files.write(disk.path().resolve("fits"), new byte[900_000]);
      assertThatThrownBy(() -> Files.write(disk.path().resolve("file"), new byte[200_000]))
          .hasMessageContaining("No space left");
    }
    assertThat(disk.path()).doesNotExist();
    disk.close();
  }

  @Test
  void inodes_run_out_before_bytes() throws Exception {
    if (refusedWithReason()) {
      return;
    }
    try (FullDisk disk = FullDisk.ext4WithInodes(16, 64)) {
      assertThatThrownBy(
              () -> {
                for (int i = 0; i < 200; i++) {
                  Files.createFile(disk.path().resolve("file-" + i));
                }
              })
          .hasMessageContaining("No space left");
      assertThat(disk.usableSpace()).isGreaterThan(5_000_000);
    }
  }

  @Test
  void a_read_only_disk_refuses_changes_until_writable() throws Exception {
    if (refusedWithReason()) {
      return;
    }
    try (FullDisk disk = FullDisk.ext4(8)) {
      disk.readOnly();
      assertThatThrownBy(() -> Files.createFile(disk.path().resolve("x")))
          .hasMessageContaining("Read-only");
      disk.writable();
      Files.createFile(disk.path().resolve("x"));
    }
  }

  @Test
  void a_disk_with_an_open_file_is_detached_and_told() throws Exception {
    if (refusedWithReason()) {
      return;
    }
    FullDisk disk = FullDisk.tmpfs(1);
    try (OutputStream open = Files.newOutputStream(disk.path().resolve("open"))) {
      open.write(1);
      assertThatThrownBy(disk::close).hasMessageContaining("busy");
    }
    assertThat(disk.path()).doesNotExist();
  }

  /** Without root the one thing to prove is that the refusal says why. */
  private boolean refusedWithReason() {
    if (obstacle.isEmpty()) {
      return false;
    }
    assertThatThrownBy(() -> FullDisk.tmpfs(1)).hasMessage(obstacle.get());
    return true;
  }
}
