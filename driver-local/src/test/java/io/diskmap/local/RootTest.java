package io.diskmap.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.diskmap.ErrorKind;
import io.diskmap.StorageException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RootTest {
  @TempDir Path temp;

  @Test
  void a_missing_root_is_named_with_the_remedy() {
    Path root = temp.resolve("nowhere");
    StorageException failure = Kinds.of(() -> Opened.at(root));
    assertThat(failure.kind()).isEqualTo(ErrorKind.NOT_FOUND);
    assertThat(failure.sentence()).contains(root.toString(), "create_root");
    assertThat(root).doesNotExist();
  }

  @Test
  void a_root_that_is_a_file_is_refused() throws Exception {
    Path root = Files.writeString(temp.resolve("file"), "x");
    StorageException failure = Kinds.of(() -> Opened.at(root, Map.of("create_root", true)));
    assertThat(failure.kind()).isEqualTo(ErrorKind.PATH_CONFLICT);
    assertThat(failure.sentence()).contains(root.toString(), "not a directory");
    assertThat(root).hasContent("x");
  }

  @Test
  void a_link_to_nothing_is_refused() throws Exception {
    Path root = Files.createSymbolicLink(temp.resolve("link"), temp.resolve("gone"));
    assertThat(Kinds.of(() -> Opened.at(root)).sentence()).contains("a link to nothing");
  }

  @Test
  void a_missing_root_is_made_where_the_options_say_so() throws Exception {
    Path root = temp.resolve("a/b");
    try (Opened opened = Opened.at(root, Map.of("create_root", true, "dir_mode", "0700"))) {
      opened.put("f", "x");
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(root)))
          .isEqualTo("rwx------");
    }
  }

  @Test
  void a_root_behind_a_link_is_the_directory_it_leads_to() throws Exception {
    Path real = Files.createDirectory(temp.resolve("real"));
    Path link = Files.createSymbolicLink(temp.resolve("link"), real);
    try (Opened opened = Opened.at(link)) {
      opened.put("d/f", "x");
      assertThat(real.resolve("d/f")).hasContent("x");
      assertThat(opened.driver.endpoint()).isEqualTo(real.toUri().toString());
    }
  }

  @Test
  void a_group_that_does_not_exist_is_named() {
    StorageException failure = Kinds.of(() -> Opened.at(temp, Map.of("group", "no-such-group")));
    assertThat(failure.kind()).isEqualTo(ErrorKind.UNSUPPORTED);
    assertThat(failure.sentence()).contains("no-such-group");
  }

  @Test
  void a_read_only_disk_is_not_written_to() throws Exception {
    Files.writeString(temp.resolve("f"), "x");
    try (Opened opened = Opened.readOnly(temp)) {
      opened.driver.capabilities();
      assertThat(opened.text("f")).isEqualTo("x");
      assertThat(opened.driver.storeTime(Opened.call())).isNotNull();
      assertThat(opened.driver.health(Opened.call()).healthy()).isTrue();
      assertThat(opened.names()).containsExactly("f");
    }
    try (var files = Files.list(temp)) {
      assertThat(files).hasSize(1);
    }
  }

  @Test
  void records_can_live_in_a_directory_of_their_own() throws Exception {
    Path root = Files.createDirectory(temp.resolve("root"));
    Path state = temp.resolve("state");
    try (Opened opened = Opened.at(root, Map.of("state_dir", state.toString()))) {
      opened.put("d/f", "x");
      assertThat(state.resolve("saves")).isDirectory();
      assertThat(root.resolve(".diskmap")).doesNotExist();
    }
  }

  @Test
  void health_tells_the_free_space() throws Exception {
    try (Opened opened = Opened.at(temp)) {
      assertThat(opened.driver.health(Opened.call()).details())
          .containsKeys("free_bytes", "total_bytes", "file_system")
          .containsEntry("writable", "true");
    }
  }
}
