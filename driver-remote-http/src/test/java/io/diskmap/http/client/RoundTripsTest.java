package io.diskmap.http.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** When a server is taken for far. */
final class RoundTripsTest {
  private static RoundTrips after(int... millis) {
    RoundTrips trips = new RoundTrips();
    IntStream.of(millis).forEach(time -> trips.took(Duration.ofMillis(time).toNanos()));
    return trips;
  }

  @Test
  void a_line_is_long_where_every_answer_takes_long() {
    assertThat(after(120, 20, 21).areLong()).isTrue();
    assertThat(after(120, 20, 21, 22, 20, 23, 20, 20, 20, 20, 20).areLong()).isTrue();
  }

  @Test
  void the_first_answers_prove_nothing() {
    assertThat(after().areLong()).isFalse();
    assertThat(after(120).areLong()).isFalse();
    assertThat(after(120, 20).areLong()).isFalse();
  }

  @Test
  void a_busy_server_is_not_far() {
    assertThat(after(120, 1, 30, 30, 30, 30).areLong()).isFalse();
  }

  @Test
  void a_line_that_became_long_is_found_out() {
    assertThat(after(1, 1, 20, 20, 20, 20, 20, 20, 20, 20).areLong()).isTrue();
  }
}
