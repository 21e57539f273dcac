package io.diskmap;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class SecretTest {

  @Test
  void a_secret_is_read_from_its_source_each_time() {
    AtomicReference<String> source = new AtomicReference<>("one");
    Secret secret = Secret.from(source::get);
    assertThat(secret.reveal()).isEqualTo("one");

    source.set("two");
    assertThat(secret.reveal()).isEqualTo("two");
  }

  @Test
  void two_live_values_stand_with_a_comma_between_them() {
    assertThat(Secret.of("a").live()).containsExactly("a");
    assertThat(Secret.of("new, old").live()).containsExactly("new", "old");
    assertThat(Secret.of("new,").live()).containsExactly("new");
    assertThat(Secret.of("").live()).isEmpty();
  }

  @Test
  void the_text_form_hides_the_value() {
    assertThat(Secret.of("hunter2")).hasToString("***");
  }
}
