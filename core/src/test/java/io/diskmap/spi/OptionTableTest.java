package io.diskmap.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class OptionTableTest {

  @Test
  void a_name_stands_once() {
    assertThatThrownBy(() -> OptionTable.of(Option.text("a"), Option.flag("a")))
        .hasMessage("two options are named a");
  }

  @Test
  void a_driver_can_narrow_a_common_option() {
    OptionTable own =
        OptionTable.of(Option.text("root"), Option.choice("durability", "content", "none"));

    OptionTable merged = own.and(CommonOptions.TABLE);

    assertThat(merged.find("durability").orElseThrow().choices())
        .containsExactly("content", "none");
    assertThat(merged.find("timeout")).isPresent();
    assertThat(merged.all().get(0).name()).isEqualTo("root");
  }

  @Test
  void a_driver_cannot_give_a_common_option_another_type() {
    OptionTable own = OptionTable.of(Option.text("timeout"));

    assertThatThrownBy(() -> own.and(CommonOptions.TABLE))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("option timeout");
  }

  @Test
  void the_table_is_written_as_markdown() {
    OptionTable table =
        OptionTable.of(
            Option.path("root").required().help("Where files are."),
            Option.integer("port").defaultTo(22).between(1, 65535).help("The port."),
            Option.secret("password").help("The | password."),
            Option.choice("recovery", "hard", "soft").defaultTo("hard").help("How."),
            Option.size("chunk").atLeast("64KiB"),
            Option.object(
                "cache", Option.duration("metadata_ttl").defaultTo("0s").help("How long.")));

    assertThat(table.toMarkdown())
        .isEqualTo(
            """
            | Option | Type | Default | Limits | What it does |
            |---|---|---|---|---|
            | `root` | path | *required* |  | Where files are. |
            | `port` | integer | `22` | 1 to 65535 | The port. |
            | `password` | secret | – |  | The \\| password. |
            | `recovery` | choice | `hard` | `hard`, `soft` | How. |
            | `chunk` | size | – | at least 64KiB |  |
            | `cache.metadata_ttl` | duration | `0s` |  | How long. |
            """);
  }
}
