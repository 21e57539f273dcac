package io.diskmap.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class OptionTest {

  @Test
  void an_option_is_built_step_by_step_and_each_step_keeps_the_others() {
    Option option =
        Option.integer("retries").defaultTo(4).between(1, 10).unit("attempts").help("Tries.");

    assertThat(option.name()).isEqualTo("retries");
    assertThat(option.type()).isEqualTo(OptionType.INTEGER);
    assertThat(option.defaultText()).isEqualTo("4");
    assertThat(option.minimum()).isEqualTo("1");
    assertThat(option.maximum()).isEqualTo("10");
    assertThat(option.unit()).isEqualTo("attempts");
    assertThat(option.help()).isEqualTo("Tries.");
    assertThat(option.isRequired()).isFalse();
    assertThat(Option.secret("key").required().isSecret()).isTrue();
    assertThat(Option.secret("key").required().isRequired()).isTrue();
  }

  @Test
  void an_option_that_contradicts_itself_cannot_be_made() {
    refused(() -> Option.text("Bad-Name"), "lower-case");
    refused(() -> Option.choice("c"), "lists its words");
    refused(() -> Option.choice("c", "a", "b").defaultTo("d"), "expected one of a, b");
    refused(() -> Option.duration("d").defaultTo("30"), "a duration with its unit");
    refused(() -> Option.duration("d").defaultTo("2h").between("1s", "1h"), "between 1s and 1h");
    refused(() -> Option.integer("i").between(5, 1), "between 5 and 1");
    refused(() -> Option.text("t").between("a", "b"), "no limits");
    refused(() -> Option.text("t").defaultTo("x").required(), "no default");
    refused(() -> Option.secret("s").defaultTo("x"), "no default");
    refused(() -> Option.flag("f").defaultTo("yes"), "true or false");
    refused(() -> Option.object("o", Option.text("a"), Option.text("a")), "two options");
  }

  private static void refused(Runnable making, String reason) {
    assertThatThrownBy(making::run)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(reason);
  }
}
