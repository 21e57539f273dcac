package io.diskmap.http.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.diskmap.ByteRange;
import io.diskmap.Content;
import io.diskmap.DiskMap;
import io.diskmap.Download;
import io.diskmap.DownloadOptions;
import io.diskmap.Storage;
import io.diskmap.StorageException;
import io.diskmap.StorageManager;
import io.diskmap.testkit.invariant.Eventually;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** When a reader's file is kept open, and when it is let go. */
final class KeptFilesTest {
  private static final KeptFiles.Reader ONE = new KeptFiles.Reader("key", "disk", "f", "reader-1");

  @TempDir Path root;
  private StorageManager manager;
  private Storage disk;

  @BeforeEach
  void open() throws IOException {
    manager =
        StorageManager.open(
            DiskMap.builder().disk("disk", "local", Map.of("root", root.toString())).build());
    disk = manager.disk("disk");
    disk.save("f", Content.of("0123456789"));
  }

  @AfterEach
  void close() {
    manager.close();
  }

  private Download part(KeptFiles files, KeptFiles.Reader reader, long offset, long length)
      throws StorageException {
    return files.open(
        reader,
        ByteRange.all(),
        DownloadOptions.defaults().withRange(ByteRange.of(offset, length)),
        options -> disk.download("f", options));
  }

  private String text(KeptFiles files, KeptFiles.Reader reader, long offset, long length)
      throws IOException {
    try (Download in = part(files, reader, offset, length)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @Test
  void all_parts_are_of_the_file_that_the_first_one_opened() throws Exception {
    try (KeptFiles files = new KeptFiles()) {
      assertThat(text(files, ONE, 0, 4)).isEqualTo("0123");
      disk.save("f", Content.of("abcdefghij"));
      assertThat(text(files, ONE, 4, 3)).isEqualTo("456");
      assertThat(text(files, ONE, 7, 10)).isEqualTo("789");
      assertThat(manager.activeCalls()).as("after the last byte").isZero();
      assertThat(text(files, ONE, 0, 3)).isEqualTo("abc");
    }
    assertThat(manager.activeCalls()).isZero();
  }

  @Test
  void other_readers_open_it_anew() throws Exception {
    try (KeptFiles files = new KeptFiles()) {
      assertThat(text(files, ONE, 0, 4)).isEqualTo("0123");
      disk.save("f", Content.of("abcdefghij"));
      KeptFiles.Reader otherKey = new KeptFiles.Reader("other", "disk", "f", "reader-1");
      assertThat(text(files, otherKey, 0, 4)).isEqualTo("abcd");
    }
  }

  @Test
  void a_part_of_another_version_is_refused() throws Exception {
    try (KeptFiles files = new KeptFiles()) {
      assertThat(text(files, ONE, 0, 4)).isEqualTo("0123");
      disk.save("f", Content.of("abcdefghij"));
      DownloadOptions other =
          DownloadOptions.defaults().withIfMatch(disk.metadata("f").versionTag());
      assertThatThrownBy(
              () -> files.open(ONE, ByteRange.all(), other, options -> disk.download("f", options)))
          .isInstanceOf(StorageException.class);
      assertThat(text(files, ONE, 4, 3)).isEqualTo("456");
    }
  }

  @Test
  void one_that_is_left_is_closed_with_its_last_request() throws Exception {
    try (KeptFiles files = new KeptFiles()) {
      try (Download in = part(files, ONE, 0, 4)) {
        files.leave(ONE);
        assertThat(in.readAllBytes()).hasSize(4);
        assertThat(manager.activeCalls()).isOne();
      }
      assertThat(manager.activeCalls()).isZero();
      files.leave(ONE);
    }
  }

  @Test
  void one_that_nobody_asks_for_is_closed_after_a_while() throws Exception {
    try (KeptFiles files = new KeptFiles(Duration.ofMillis(50))) {
      assertThat(text(files, ONE, 0, 4)).isEqualTo("0123");
      Eventually.holds("it is closed", () -> manager.activeCalls() == 0);
    }
  }

  @Test
  void a_close_closes_what_nobody_reads_and_keeps_nothing_more() throws Exception {
    KeptFiles files = new KeptFiles();
    assertThat(text(files, ONE, 0, 4)).isEqualTo("0123");
    files.close();
    assertThat(manager.activeCalls()).isZero();
    assertThat(text(files, ONE, 4, 4)).isEqualTo("4567");
    assertThat(manager.activeCalls()).isZero();
  }
}
