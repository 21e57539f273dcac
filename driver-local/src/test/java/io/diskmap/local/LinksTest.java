package io.diskmap.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.diskmap.ErrorKind;
import io.diskmap.spi.DeleteRequest;
import io.diskmap.spi.EntryCursor;
import io.diskmap.spi.ListRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LinksTest {
  @TempDir Path temp;

  @Test
  void links_count_for_nothing_where_they_are_refused() throws Exception {
    try (Opened opened = Opened.at(temp, Map.of("links", "refuse"))) {
      opened.put("f", "x");
      Files.createSymbolicLink(temp.resolve("link"), Path.of("f"));
      assertThat(opened.names()).containsExactly("f");
      assertThat(Kinds.of(() -> opened.text("link")).kind()).isEqualTo(ErrorKind.PERMISSION_DENIED);
      assertThat(opened.driver.delete(Opened.path("link"), DeleteRequest.any(Opened.call())))
          .isFalse();
      assertThat(Files.isSymbolicLink(temp.resolve("link"))).isTrue();
    }
  }

  @Test
  void absolute_and_chained_links_inside_the_root_are_followed() throws Exception {
    try (Opened opened = Opened.at(temp)) {
      opened.put("d/f", "x");
      Files.createSymbolicLink(temp.resolve("absolute"), temp.toRealPath().resolve("d/f"));
      Files.createSymbolicLink(temp.resolve("d/chained"), Path.of("../absolute"));
      assertThat(opened.text("d/chained")).isEqualTo("x");
      assertThat(opened.names()).containsExactly("absolute", "d/chained", "d/f");
    }
  }

  @Test
  void a_loop_of_links_and_a_link_to_a_directory_count_for_nothing() throws Exception {
    try (Opened opened = Opened.at(temp)) {
      opened.put("d/f", "x");
      Files.createSymbolicLink(temp.resolve("one"), Path.of("two"));
      Files.createSymbolicLink(temp.resolve("two"), Path.of("one"));
      Files.createSymbolicLink(temp.resolve("dir"), Path.of("d"));
      try (EntryCursor cursor =
          opened.driver.list(io.diskmap.StoragePath.root(), ListRequest.all(Opened.call()))) {
        assertThat(cursor.next()).isTrue();
        assertThat(cursor.entry().path().value()).isEqualTo("d/f");
        assertThat(cursor.next()).isFalse();
        assertThat(cursor.skipped()).isEqualTo(3);
      }
      assertThat(Kinds.of(() -> opened.text("one")).kind()).isEqualTo(ErrorKind.PERMISSION_DENIED);
      assertThat(Kinds.of(() -> opened.text("dir/f")).kind())
          .isEqualTo(ErrorKind.PERMISSION_DENIED);
      assertThat(Kinds.of(() -> opened.put("dir/new", "x")).kind())
          .isEqualTo(ErrorKind.PERMISSION_DENIED);
      assertThat(temp.resolve("d/new")).doesNotExist();
    }
  }

  @Test
  void a_link_to_the_disks_own_records_is_refused() throws Exception {
    try (Opened opened = Opened.at(temp)) {
      opened.put("f", "x");
      Path table;
      try (var tables = Files.list(temp.resolve(".diskmap/saves"))) {
        table = tables.findFirst().orElseThrow();
      }
      Files.createSymbolicLink(temp.resolve("peek"), temp.relativize(table));
      assertThat(Kinds.of(() -> opened.text("peek")).kind()).isEqualTo(ErrorKind.PERMISSION_DENIED);
    }
  }

  @Test
  void the_directory_of_records_is_never_a_link() throws Exception {
    Path root = Files.createDirectory(temp.resolve("root"));
    Path outside = Files.createDirectory(temp.resolve("outside"));
    Files.createSymbolicLink(root.resolve(".diskmap"), outside);
    try (Opened opened = Opened.at(root)) {
      assertThat(Kinds.of(() -> opened.put("f", "x")).kind())
          .isEqualTo(ErrorKind.PERMISSION_DENIED);
    }
    try (var there = Files.list(outside)) {
      assertThat(there).isEmpty();
    }
  }

  @Test
  void a_delete_on_condition_of_a_link_compares_its_target_and_takes_the_link() throws Exception {
    try (Opened opened = Opened.at(temp)) {
      opened.driver.capabilities();
      opened.put("f", "x");
      Files.createSymbolicLink(temp.resolve("link"), Path.of("f"));
      io.diskmap.testkit.invariant.Eventually.holds(
          "the tag is strong",
          () -> opened.driver.stat(Opened.path("link"), Opened.call()).versionTag().strong());
      var tag = opened.driver.stat(Opened.path("link"), Opened.call()).versionTag();
      DeleteRequest request = new DeleteRequest(Optional.of(tag), Opened.call());
      assertThat(opened.driver.delete(Opened.path("link"), request)).isTrue();
      assertThat(opened.names()).containsExactly("f");
    }
  }
}
