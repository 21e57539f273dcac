package io.diskmap.spi;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LoopbackTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "localhost",
        "LOCALHOST",
        "127.0.0.1",
        "127.255.0.3",
        "::1",
        "[::1]",
        "0:0:0:0:0:0:0:1",
        "::ffff:127.0.0.1"
      })
  void these_hosts_stay_on_this_machine(String host) {
    assertThat(Loopback.names(host)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "services",
        "0.0.0.0",
        "::",
        "[::]",
        "10.0.0.1",
        "127.0.0.1.example.org",
        "127.1",
        "127.0.0.256",
        "localhost.example.org",
        "::11",
        "1::1",
        "::ffff:10.0.0.1",
        "fe80::1",
        "1"
      })
  void these_hosts_do_not(String host) {
    assertThat(Loopback.names(host)).isFalse();
  }
}
