package io.diskmap.s3;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Random;
import org.junit.jupiter.api.Test;

class S3ClockTest {
  private static final long MILLI = 1_000_000L;
  private static final long SECOND = 1000 * MILLI;

  @Test
  void one_answer_tells_no_second() {
    S3Clock clock = new S3Clock();
    assertThat(clock.second(0, 1)).isEmpty();
    clock.answered(Instant.ofEpochSecond(100), 0, MILLI);
    assertThat(clock.second(0, MILLI)).isEmpty();
  }

  @Test
  void many_answers_tell_the_second_and_never_a_wrong_one() {
    for (int seed = 0; seed < 50; seed++) {
      Random random = new Random(seed);
      long offset = 1_700_000_000L * SECOND + (long) (random.nextDouble() * SECOND);
      S3Clock clock = new S3Clock();
      long now = 0;
      int told = 0;
      for (int i = 0; i < 2000; i++) {
        long sent = now;
        long written = sent + random.nextInt(2_000_000);
        long received = written + random.nextInt(2_000_000);
        Instant date = Instant.ofEpochSecond(Math.floorDiv(received + offset, SECOND));
        clock.answered(date, sent, received);
        Instant truth = Instant.ofEpochSecond(Math.floorDiv(written + offset, SECOND));
        var second = clock.second(sent, received);
        if (second.isPresent()) {
          told++;
          assertThat(second.get()).isEqualTo(truth);
        }
        now = received + random.nextInt(1_000_000);
      }
      assertThat(told).isGreaterThan(1000);
    }
  }

  @Test
  void a_clock_that_is_set_is_learned_anew() {
    S3Clock clock = new S3Clock();
    for (int i = 0; i < 3000; i++) {
      clock.answered(Instant.ofEpochSecond(i / 1000), i * MILLI, i * MILLI);
    }
    assertThat(clock.second(2500 * MILLI, 2501 * MILLI)).contains(Instant.ofEpochSecond(2));
    clock.answered(Instant.ofEpochSecond(500), 3000 * MILLI, 3000 * MILLI);
    assertThat(clock.second(3500 * MILLI, 3501 * MILLI)).isEmpty();
  }
}
