package io.diskmap.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class TextTest {
  @Test
  void sizes_are_exact_or_have_a_unit() {
    assertThat(Text.size(1536, false)).isEqualTo("1536");
    assertThat(Text.size(1536, true)).isEqualTo("1.5 KiB");
    assertThat(Text.human(1023)).isEqualTo("1023 B");
    assertThat(Text.human((1 << 20) - 1)).isEqualTo("1.0 MiB");
    assertThat(Text.human(Long.MAX_VALUE)).isEqualTo("8.0 EiB");
  }

  @Test
  void times_are_short() {
    assertThat(Text.time(Duration.ofNanos(1_500_000))).isEqualTo("1.5 ms");
    assertThat(Text.time(Duration.ofMillis(2100))).isEqualTo("2.1 s");
    assertThat(Text.time(Duration.ofSeconds(303))).isEqualTo("5:03");
    assertThat(Text.time(Duration.ofSeconds(7203))).isEqualTo("2:00:03");
  }

  @Test
  void counts_have_their_noun() {
    assertThat(Text.count(1, "file")).isEqualTo("1 file");
    assertThat(Text.count(1234567, "file")).isEqualTo("1 234 567 files");
  }

  @Test
  void what_moves_a_cursor_is_escaped() {
    assertThat(Text.visible("plain ✓")).isEqualTo("plain ✓");
    assertThat(Text.visible("a\u001b[31mb\nc\u202ed")).isEqualTo("a\\u001b[31mb\\u000ac\\u202ed");
  }
}
