package io.diskmap.spi.staged;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class StoreClockTest {
  private static final Instant WRITTEN = Instant.parse("2026-03-04T05:06:07Z");

  private final AtomicLong nanos = new AtomicLong(-5);
  private final StoreClock clock =
      new StoreClock(Duration.ofSeconds(1), WRITTEN.plusSeconds(30), nanos::get);

  private void pass(Duration time) {
    nanos.addAndGet(time.toNanos());
  }

  @Test
  void before_the_first_file_the_wall_clock_stands_in_a_minute_early() {
    assertThat(clock.wantsObservation()).isTrue();
    assertThat(clock.now()).isBeforeOrEqualTo(WRITTEN.minusSeconds(30));
  }

  @Test
  void a_time_is_settled_when_no_tick_of_the_servers_clock_can_give_it_again() {
    clock.observe(WRITTEN);
    assertThat(clock.isSettled(WRITTEN)).isFalse();
    pass(Duration.ofMillis(1_010)); // a clock that ticks may still be in the second before
    assertThat(clock.isSettled(WRITTEN)).isFalse();
    assertThat(clock.cutNow()).isEqualTo(WRITTEN);
    pass(Duration.ofMillis(10));
    assertThat(clock.isSettled(WRITTEN)).isTrue();
    assertThat(clock.cutNow()).isEqualTo(WRITTEN.plusSeconds(1));
  }

  @Test
  void a_file_of_a_later_second_settles_those_before_at_once() {
    clock.observe(WRITTEN);
    pass(Duration.ofMillis(1_001));
    clock.observe(WRITTEN.plusSeconds(1));
    assertThat(clock.isSettled(WRITTEN)).isTrue();
    assertThat(clock.isSettled(WRITTEN.plusSeconds(1))).isFalse();
    pass(Duration.ofMillis(1_020));
    assertThat(clock.isSettled(WRITTEN.plusSeconds(1))).isTrue();
  }

  @Test
  void a_file_that_is_dated_earlier_than_reckoned_does_not_put_the_clock_back() {
    clock.observe(WRITTEN);
    pass(Duration.ofMillis(1_500));
    Instant before = clock.now();
    clock.observe(WRITTEN.plusSeconds(1));
    assertThat(clock.now()).isEqualTo(before);
    clock.observe(WRITTEN.plusSeconds(2));
    assertThat(clock.now()).isAfter(before);
  }

  @Test
  void what_the_server_says_of_its_time_is_ahead_of_its_files_by_a_tick() {
    clock.told(WRITTEN.plusSeconds(1));
    assertThat(clock.isSettled(WRITTEN)).isFalse();
    pass(Duration.ofMillis(20));
    assertThat(clock.isSettled(WRITTEN)).isTrue();
  }

  @Test
  void after_a_minute_any_file_tells_the_time_anew() {
    clock.observe(WRITTEN);
    assertThat(clock.wantsObservation()).isFalse();
    pass(Duration.ofSeconds(61));
    assertThat(clock.wantsObservation()).isTrue();
    clock.observe(WRITTEN.plusSeconds(3));
    assertThat(clock.now()).isEqualTo(WRITTEN.plusSeconds(3));
  }
}
