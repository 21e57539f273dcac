package io.diskmap.internal.options;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.diskmap.spi.OptionType;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TextValueTest {

  @ParameterizedTest
  @CsvSource({"250ms,PT0.25S", "15s,PT15S", "2m,PT2M", "4h,PT4H", "1d,PT24H", "0s,PT0S"})
  void a_duration_is_a_number_and_a_unit(String text, Duration duration) throws Exception {
    assertThat(DurationText.parse(text)).isEqualTo(duration);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "15", "s", "15 s", "-1s", "1.5h", "15S", "1h30m", "1w", "9999999999s"})
  void another_text_is_no_duration(String text) {
    assertThatThrownBy(() -> DurationText.parse(text))
        .isInstanceOf(BadValueException.class)
        .hasMessage("expected a duration with its unit, as in \"30s\"");
  }

  @ParameterizedTest
  @CsvSource({
    "0,0",
    "65536,65536",
    "7B,7",
    "64KiB,65536",
    "1MiB,1048576",
    "8MB,8000000",
    "8kB,8000",
    "8KB,8000",
    "2GiB,2147483648",
    "1TB,1000000000000",
    "1TiB,1099511627776"
  })
  void a_size_is_a_number_with_or_without_a_unit(String text, long bytes) throws Exception {
    assertThat(SizeText.parse(text)).isEqualTo(bytes);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "MiB", "1 MiB", "-1", "1.5MiB", "1mb", "1PiB", "1Mi"})
  void another_text_is_no_size(String text) {
    assertThatThrownBy(() -> SizeText.parse(text))
        .isInstanceOf(BadValueException.class)
        .hasMessageStartingWith("expected a size");
  }

  @Test
  void a_size_beyond_every_file_is_refused() {
    assertThatThrownBy(() -> SizeText.parse("999999999999999999TiB"))
        .hasMessage("the size is larger than any file can be");
  }

  @Test
  void a_path_begins_at_home_with_a_tilde_and_a_slash() throws Exception {
    String home = System.getProperty("user.home");

    assertThat(TextValue.path("~/a/b")).isEqualTo(Path.of(home, "a", "b"));
    assertThat(TextValue.path("~")).isEqualTo(Path.of(home));
    assertThat(TextValue.path("~user/a")).isEqualTo(Path.of("~user/a"));
    assertThat(TextValue.path("/a/~/b")).isEqualTo(Path.of("/a/~/b"));
  }

  @Test
  void an_empty_path_and_a_path_with_a_nul_are_refused() {
    assertThatThrownBy(() -> TextValue.path("")).hasMessage("the path is empty");
    assertThatThrownBy(() -> TextValue.path("a\0b")).hasMessageContaining("no path");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"https://services:8001", "http://10.0.0.1/base", "HTTPS://h", "http://[::1]:80"})
  void an_absolute_http_url_is_taken(String text) throws Exception {
    assertThat(TextValue.parse(OptionType.URL, text)).hasToString(text);
  }

  @ParameterizedTest
  @CsvSource({
    "services:8001,expected an http or https URL",
    "/path,expected an http or https URL",
    "ftp://host,expected an http or https URL",
    "http://,expected an http or https URL",
    "http://a b,expected an http or https URL",
    "https://user:hunter2@host,holds no user or password",
    "https://host?token=hunter2,no query",
    "https://host#hunter2,no fragment",
    "https://host:99999,the port"
  })
  void another_url_is_refused_without_repeating_it(String text, String sentence) {
    assertThatThrownBy(() -> TextValue.parse(OptionType.URL, text))
        .isInstanceOf(BadValueException.class)
        .hasMessageContaining(sentence)
        .hasMessageNotContaining("hunter2");
  }

  @Test
  void permission_bits_are_octal() throws Exception {
    assertThat(TextValue.parse(OptionType.MODE, "0640")).isEqualTo(0640);
    assertThat(TextValue.parse(OptionType.MODE, "640")).isEqualTo(0640);
    assertThat(TextValue.parse(OptionType.MODE, "2750")).isEqualTo(02750);
    for (String wrong : List.of("0648", "rw-r-----", "64", "00640", "")) {
      assertThatThrownBy(() -> TextValue.parse(OptionType.MODE, wrong))
          .hasMessageContaining("octal");
    }
  }

  @Test
  void limits_include_their_ends_and_are_named() throws Exception {
    assertThat(limited("1s")).isEqualTo(Duration.ofSeconds(1));
    assertThat(limited("60m")).isEqualTo(Duration.ofHours(1));
    assertThatThrownBy(() -> limited("999ms")).hasMessage("expected between 1s and 1h");
    assertThatThrownBy(() -> limited("61m")).hasMessage("expected between 1s and 1h");
  }

  @Test
  void a_wrong_word_of_a_choice_names_the_words_and_the_nearest() {
    assertThatThrownBy(
            () -> TextValue.parse(OptionType.CHOICE, List.of("hard", "soft"), null, null, "harrd"))
        .hasMessage("expected one of hard, soft; did you mean hard?");
  }

  private static Object limited(String text) throws BadValueException {
    return TextValue.parse(OptionType.DURATION, List.of(), "1s", "1h", text);
  }
}
