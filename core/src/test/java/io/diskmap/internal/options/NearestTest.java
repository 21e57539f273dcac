package io.diskmap.internal.options;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NearestTest {
  private static final List<String> KNOWN =
      List.of("driver", "root", "port", "host", "username", "read_only", "known_hosts", "endpoint");

  @ParameterizedTest
  @CsvSource({
    "drivr,driver",
    "dirver,driver",
    "Root,root",
    "prot,port",
    "user,username",
    "readonly,read_only",
    "read-only,read_only",
    "known_host,known_hosts",
    "endpoint_url,endpoint"
  })
  void a_typing_mistake_finds_the_word_that_was_meant(String given, String meant) {
    assertThat(Nearest.of(given, KNOWN)).contains(meant);
  }

  @Test
  void a_word_that_is_near_to_nothing_finds_nothing() {
    assertThat(Nearest.of("compression", KNOWN)).isEmpty();
    assertThat(Nearest.of("", KNOWN)).isEmpty();
    assertThat(Nearest.of("port", List.of())).isEmpty();
  }

  @Test
  void an_endless_word_is_not_compared() {
    assertThat(Nearest.of("port".repeat(10_000), KNOWN)).isEmpty();
  }

  @Test
  void the_nearest_of_several_wins_whatever_their_order() {
    assertThat(Nearest.of("hosts", List.of("known_hosts", "host", "port"))).contains("host");
    assertThat(Nearest.of("hosts", List.of("port", "host", "known_hosts"))).contains("host");
  }
}
