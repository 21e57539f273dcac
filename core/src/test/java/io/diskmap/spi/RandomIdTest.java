package io.diskmap.spi;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RandomIdTest {
  @Test
  void ids_of_many_threads_are_all_different() {
    Set<String> made = ConcurrentHashMap.newKeySet();
    IntStream.range(0, 20_000).parallel().forEach(i -> made.add(RandomId.hex()));
    assertThat(made).hasSize(20_000).allMatch(id -> id.matches("[0-9a-f]{32}"));
  }

  @Test
  void uuids_say_that_they_are_random() {
    for (int i = 0; i < 100; i++) {
      UUID made = RandomId.uuid();
      assertThat(made.version()).isEqualTo(4);
      assertThat(made.variant()).isEqualTo(2);
    }
  }
}
