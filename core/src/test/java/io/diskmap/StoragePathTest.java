package io.diskmap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StoragePathTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "/",
        "/a",
        "a/",
        "a//b",
        ".",
        "..",
        "a/./b",
        "a/../b",
        "a\\b",
        "a\u0000b",
        "a\nb",
        "a\u007Fb",
        "a\u0085b",
        "a\uD800",
        "\uDC00a",
        "a\uF001",
        "a\uF0FFb",
        ".diskmap",
        "a/.diskmap-x",
        ".diskmapped"
      })
  void a_path_that_breaks_a_rule_is_refused(String text) {
    assertThatThrownBy(() -> StoragePath.of(text))
        .isInstanceOfSatisfying(
            StorageException.class,
            e -> {
              assertThat(e.kind()).isEqualTo(ErrorKind.PATH_INVALID);
              assertThat(e.path()).contains(text);
              assertThat(e.getMessage()).doesNotContain("a\\b");
            });
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a",
        "...",
        "a..b",
        " a ",
        "a.",
        "%2e%2e",
        "%25",
        "e\u0301",
        "\u00e9",
        "\uD83D\uDE00",
        "\uF000",
        "\uF100",
        "\u2028",
        "a:b",
        "CON",
        "x.diskmap",
        "-rf",
        "~"
      })
  void an_unusual_path_is_kept_exactly(String text) throws StorageException {
    assertThat(StoragePath.of(text).value()).isEqualTo(text);
  }

  @Test
  void limits_count_utf8_bytes() throws StorageException {
    String segment = "é".repeat(127) + "a";
    assertThat(StoragePath.of(segment).utf8()).hasSize(255);
    assertThatThrownBy(() -> StoragePath.of(segment + "b")).isInstanceOf(StorageException.class);
    String longest = String.join("/", List.of(segment, segment, segment, segment)) + "/";
    assertThat(longest.getBytes(StandardCharsets.UTF_8)).hasSize(1024);
    assertThat(StoragePath.of(longest.substring(0, longest.length() - 1)).utf8()).hasSize(1023);
    assertThatThrownBy(() -> StoragePath.of(longest + "ab")).isInstanceOf(StorageException.class);
  }

  @Test
  void order_is_that_of_utf8_bytes() {
    List<String> texts =
        Arrays.asList("a-b", "a.b", "a/b", "a0", "\uFF5E", "\uD83D\uDE00", "é", "z", "a");
    List<String> expected = new ArrayList<>(texts);
    expected.sort(
        (x, y) ->
            Arrays.compareUnsigned(
                x.getBytes(StandardCharsets.UTF_8), y.getBytes(StandardCharsets.UTF_8)));
    texts.sort(StoragePath::compareUtf8);
    assertThat(texts).isEqualTo(expected);
  }

  @Test
  void below_means_whole_segments() throws StorageException {
    StoragePath prefix = StoragePath.of("a/b");
    assertThat(StoragePath.of("a/b/c").isBelow(prefix)).isTrue();
    assertThat(StoragePath.of("a/bc").isBelow(prefix)).isFalse();
    assertThat(prefix.isBelow(prefix)).isFalse();
    assertThat(StoragePath.of("a/b/c").relativeTo(prefix).value()).isEqualTo("c");
  }

  @ParameterizedTest
  @ValueSource(strings = {".", "..", "a/b", "a\\b", "100%", "%41", ".diskmap-x", "tab\there", "é"})
  void an_escaped_segment_gives_its_text_back(String text) throws StorageException {
    String segment = StoragePath.segment(text);
    assertThat(StoragePath.join("users", segment).segments()).hasSize(2);
    assertThat(StoragePath.unescape(segment)).isEqualTo(text);
  }

  @Test
  void a_joined_segment_cannot_add_a_directory() {
    assertThatThrownBy(() -> StoragePath.join("users", "7/../8"))
        .isInstanceOf(StorageException.class);
  }
}
