package io.diskmap.internal.options;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReferencesTest {
  private final Map<String, String> variables = new HashMap<>(Map.of("X", "one", "Y", "two"));
  private final References references = References.of(variables::get);

  @TempDir Path directory;

  @Test
  void a_variable_stands_alone_or_inside_a_text() throws Exception {
    assertThat(references.expand("${env:X}")).isEqualTo("one");
    assertThat(references.expand("a-${env:X}-${env:Y}$")).isEqualTo("a-one-two$");
    assertThat(references.expand("$ and {x} stay")).isEqualTo("$ and {x} stay");
  }

  @Test
  void a_doubled_dollar_stands_for_a_plain_begin() throws Exception {
    assertThat(references.expand("$${env:X} ${env:X}")).isEqualTo("${env:X} one");
    assertThat(references.expand(References.literal("${env:X}"))).isEqualTo("${env:X}");
  }

  @Test
  void what_a_reference_stands_for_is_not_looked_at_again() throws Exception {
    variables.put("X", "${env:Y} $${ ${");

    assertThat(references.expand("${env:X}")).isEqualTo("${env:Y} $${ ${");
  }

  @Test
  void a_file_is_read_without_the_line_ends_behind_it_and_anew_each_time() throws Exception {
    Path file = Files.writeString(directory.resolve("k"), " first \r\n\n");
    assertThat(references.expand("${file:" + file + "}")).isEqualTo(" first ");

    Files.writeString(file, "second");
    assertThat(references.expand("${file:" + file + "}")).isEqualTo("second");
  }

  @Test
  void what_is_missing_is_named() throws Exception {
    Path absent = directory.resolve("absent");

    assertThatThrownBy(() -> references.expand("${env:NOPE}"))
        .hasMessage("environment variable NOPE is not set");
    assertThatThrownBy(() -> references.expand("${file:" + absent + "}"))
        .hasMessage("file " + absent + " cannot be read: there is no such file");
    assertThatThrownBy(() -> references.expand("${file:" + directory + "}"))
        .hasMessage("file " + directory + " cannot be read: it is a directory");
    assertThatThrownBy(() -> references.expand("${file:relative}"))
        .hasMessageContaining("is absolute");
    assertThatThrownBy(() -> references.expand("${vault:x}"))
        .hasMessage("no resolver knows ${vault:...}; known are env, file");
  }

  @Test
  void a_file_that_is_large_or_no_text_is_refused() throws Exception {
    Path large = Files.write(directory.resolve("large"), new byte[65_537]);
    Path binary = Files.write(directory.resolve("binary"), new byte[] {(byte) 0xC0, (byte) 0x80});

    assertThatThrownBy(() -> references.expand("${file:" + large + "}"))
        .hasMessageContaining("is larger than 65536 bytes");
    assertThatThrownBy(() -> references.expand("${file:" + binary + "}"))
        .hasMessageContaining("holds no UTF-8 text");
    assertThatThrownBy(() -> references.expand("${file:/dev/zero}"))
        .hasMessageContaining("is larger than");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "hunter2${",
        "hunter2${}",
        "${HOME}",
        "${env:}",
        "${env:X",
        "${ENV:X}",
        "${env:a b}",
        "${env:a\nb}",
        "${env:${env:X}}"
      })
  void a_begin_without_a_reference_is_a_mistake_that_repeats_nothing(String text) {
    assertThat(References.mistake(text))
        .hasValueSatisfying(
            sentence ->
                assertThat(sentence)
                    .contains("write ${env:NAME} or ${file:/path}")
                    .doesNotContain("hunter2", "HOME"));
    assertThatThrownBy(() -> references.expand(text)).isInstanceOf(BadValueException.class);
  }

  @Test
  void more_schemes_can_be_added() throws Exception {
    References more = references.with("vault", name -> name.equals("db") ? "v" : null);

    assertThat(more.expand("${vault:db}${env:X}")).isEqualTo("vone");
    assertThatThrownBy(() -> more.expand("${vault:no}")).hasMessage("${vault:no} has no value");
    assertThatThrownBy(() -> references.expand("${vault:db}"))
        .isInstanceOf(BadValueException.class);
  }

  @Test
  void a_resolver_that_fails_is_named_without_its_words() {
    References more =
        references.with(
            "vault",
            name -> {
              throw new IllegalStateException("hunter2");
            });

    assertThatThrownBy(() -> more.expand("${vault:db}"))
        .hasMessage("${vault:db} cannot be resolved (IllegalStateException)");
  }

  @Test
  void only_a_lone_reference_can_be_shown() {
    assertThat(References.isOnlyReference("${env:X}")).isTrue();
    assertThat(References.isOnlyReference("x${env:X}")).isFalse();
    assertThat(References.isOnlyReference("${env:X}y")).isFalse();
    assertThat(References.isOnlyReference("${env:X}hunter2${env:X}")).isFalse();
    assertThat(References.isOnlyReference("hunter2")).isFalse();
  }
}
