package io.diskmap.spi;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

class Crc32cTest {
  @Test
  void the_check_value_of_the_catalogue_comes_out() {
    byte[] check = "123456789".getBytes(StandardCharsets.US_ASCII);
    assertThat(Crc32c.of(ByteBuffer.wrap(check))).isEqualTo(0xE3069283);
  }

  @Test
  void joined_values_are_those_of_the_whole() {
    Random random = new Random(11);
    for (int round = 0; round < 200; round++) {
      byte[] whole = new byte[random.nextInt(70_000)];
      random.nextBytes(whole);
      int cut = random.nextInt(whole.length + 1);
      int first = Crc32c.of(ByteBuffer.wrap(whole, 0, cut));
      int second = Crc32c.of(ByteBuffer.wrap(whole, cut, whole.length - cut));
      assertThat(Crc32c.join(first, second, whole.length - cut))
          .isEqualTo(Crc32c.of(ByteBuffer.wrap(whole)));
    }
  }
}
