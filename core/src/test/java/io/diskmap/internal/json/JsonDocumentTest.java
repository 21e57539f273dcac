package io.diskmap.internal.json;

import static org.assertj.core.api.Assertions.assertThat;

import io.diskmap.internal.json.JsonValue.JsonArray;
import io.diskmap.internal.json.JsonValue.JsonNumber;
import io.diskmap.internal.json.JsonValue.JsonObject;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonDocumentTest {

  @Test
  void every_kind_of_value_keeps_its_content() {
    JsonDocument document =
        JsonDocument.parse("{\"a\": [1, -2.5, true, false, null, \"t\\u00e9xt\"], \"b\": {}}");

    assertThat(document.mistakes()).isEmpty();
    JsonObject root = (JsonObject) document.root().orElseThrow();
    JsonArray list = (JsonArray) root.get("a").orElseThrow();
    assertThat(list.items().stream().map(JsonValue::kind))
        .containsExactly("a number", "a number", "true", "false", "null", "a text");
    assertThat(list.toPlain())
        .containsExactly(1L, new BigDecimal("-2.5"), true, false, null, "téxt");
    assertThat(root.get("b").orElseThrow().toPlain()).isEqualTo(Map.of());
  }

  @Test
  void keys_and_values_know_line_and_column() {
    JsonObject root =
        (JsonObject) JsonDocument.parse("{\n  \"a\": {\n    \"bc\":   12}}").root().orElseThrow();
    JsonObject inner = (JsonObject) root.get("a").orElseThrow();

    assertThat(root.position()).isEqualTo(new Position(1, 1));
    assertThat(root.members().get("a").keyPosition()).isEqualTo(new Position(2, 3));
    assertThat(inner.position()).isEqualTo(new Position(2, 8));
    assertThat(inner.members().get("bc").keyPosition()).isEqualTo(new Position(3, 5));
    assertThat(inner.get("bc").orElseThrow().position()).isEqualTo(new Position(3, 13));
  }

  @Test
  void a_key_that_stands_twice_is_a_mistake_and_the_first_one_counts() {
    JsonDocument document = JsonDocument.parse("{\"a\": {\"k\": 1,\n\"k\": 2}, \"a\": 3}");

    assertThat(document.mistakes())
        .containsExactly(
            new JsonMistake(
                List.of("a", "k"), new Position(2, 1), "the key stands twice, first in line 1"),
            new JsonMistake(
                List.of("a"), new Position(2, 10), "the key stands twice, first in line 1"));
    assertThat(document.root().orElseThrow().toPlain()).isEqualTo(Map.of("a", Map.of("k", 1L)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"a\": \"x\" | 1 | 11 | ends too early",
        "{\"a\": \"x | 1 | 9 | ends too early",
        "{\"a\": hunter2} | 1 | 8 | without quotes",
        "{\"a\": 1, } | 1 | 10 | a key in double quotes",
        "{a: 1} | 1 | 2 | a key in double quotes",
        "{\"a\" 1} | 1 | 6 | a colon",
        "{\"a\": [1 2]} | 1 | 10 | a comma",
        "{\"a\": [1}} | 1 | 9 | does not match",
        "{\"a\": \"\\q\"} | 1 | 10 | a backslash",
        "{\"a\": 1 // x} | 1 | 9 | a comment",
        "{\"a\": 01} | 1 | 7 | no valid JSON value",
        "{\"a\": } | 1 | 7 | no valid JSON value",
      })
  void a_syntax_error_is_a_sentence_with_its_place(
      String json, int line, int column, String sentence) {
    JsonDocument document = JsonDocument.parse(json);

    assertThat(document.root()).isEmpty();
    JsonMistake mistake = document.mistakes().get(0);
    assertThat(mistake.message()).contains(sentence);
    assertThat(mistake.position().line()).isEqualTo(line);
    assertThat(mistake.position().column()).isBetween(column - 1, column + 1);
  }

  @Test
  void a_syntax_error_knows_the_keys_around_it() {
    JsonDocument document = JsonDocument.parse("{\"disks\": {\"w\": {\"hosts\": [1, hunter2]}}}");

    assertThat(document.mistakes().get(0).path()).containsExactly("disks", "w", "hosts");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"p\": hunter2}",
        "{\"p\": 'hunter2'}",
        "{\"p\": \"hunter2\n\"}",
        "{\"p\": \"hunter2\\q\"}",
        "{\"p\": \"hunter2",
        "{\"p\": \"a\" hunter2}",
        "{\"p\": hunter2",
        "hunter2"
      })
  void a_syntax_error_never_repeats_the_text(String json) {
    assertThat(JsonDocument.parse(json).mistakes())
        .isNotEmpty()
        .noneMatch(mistake -> mistake.message().contains("hunter"));
  }

  @Test
  void a_line_break_inside_a_text_is_named() {
    assertThat(JsonDocument.parse("{\"a\": \"x\ny\"}").mistakes().get(0).message())
        .contains("line break");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "  \n "})
  void an_empty_text_is_named(String text) {
    JsonDocument document = JsonDocument.parse(text);

    assertThat(document.root()).isEmpty();
    assertThat(document.mistakes().get(0).message()).isEqualTo("the JSON text is empty");
  }

  @Test
  void text_behind_the_end_is_a_mistake() {
    JsonDocument document = JsonDocument.parse("{}\n{}");

    assertThat(document.root()).isPresent();
    assertThat(document.mistakes())
        .containsExactly(
            new JsonMistake(
                List.of(),
                new Position(2, 1),
                "more text stands behind the end of the JSON value"));
  }

  @Test
  void a_byte_order_mark_is_passed_over() {
    assertThat(JsonDocument.parse("\uFEFF{}").mistakes()).isEmpty();
  }

  @Test
  void depth_and_size_are_bounded() {
    JsonDocument deep = JsonDocument.parse("[".repeat(100_000));
    JsonDocument large = JsonDocument.parse(" ".repeat(JsonDocument.MAX_CHARS + 1));

    assertThat(deep.mistakes().get(0).message()).contains("nested deeper than 32");
    assertThat(large.mistakes().get(0).message()).contains("longer than");
  }

  @Test
  void a_number_outside_of_long_is_not_whole_and_costs_nothing() {
    assertThat(new JsonNumber(Position.NONE, "1e3").whole()).contains(1000L);
    assertThat(new JsonNumber(Position.NONE, "9223372036854775808").whole()).isEmpty();
    assertThat(new JsonNumber(Position.NONE, "1e999999999").whole()).isEmpty();
    assertThat(new JsonNumber(Position.NONE, "1e9999999999999").whole()).isEmpty();
    assertThat(new JsonNumber(Position.NONE, "0.5").whole()).isEmpty();
  }

  @Test
  void the_text_form_of_a_tree_shows_no_text_and_no_number() {
    JsonValue root = JsonDocument.parse("{\"a\": [\"hunter2\", 4711]}").root().orElseThrow();

    assertThat(root.toString()).doesNotContain("hunter2", "4711");
  }

  @Test
  void what_is_written_reads_back_the_same() {
    String json = "{\"a\": [1, -2.5e10, true, null, \"q\\\"\\n\"], \"b\": {}, \"c\": []}";
    JsonValue value = JsonDocument.parse(json).root().orElseThrow();

    String written = JsonWriter.pretty(value);

    assertThat(JsonDocument.parse(written).root().orElseThrow().toPlain())
        .isEqualTo(value.toPlain());
    assertThat(JsonWriter.pretty(JsonValue.of(Map.of("a", Map.of("b", 1)))))
        .isEqualTo("{\n  \"a\": {\n    \"b\": 1\n  }\n}");
  }
}
