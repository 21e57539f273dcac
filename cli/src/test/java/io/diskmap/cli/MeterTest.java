package io.diskmap.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.diskmap.Progress;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class MeterTest {
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private final PrintStream print = new PrintStream(err, true, StandardCharsets.UTF_8);

  private String shown() {
    return err.toString(StandardCharsets.UTF_8);
  }

  private Terminal terminal(boolean interactive) {
    return new Terminal(
        InputStream.nullInputStream(),
        OutputStream.nullOutputStream(),
        print,
        print,
        name -> null,
        interactive,
        100);
  }

  private static Progress of(long bytes, long total) {
    return new Progress(bytes, OptionalLong.of(total));
  }

  @Test
  void a_bar_on_a_terminal_shows_rate_and_remaining_time() {
    try (Meter meter = Meter.of(terminal(true), Meter.Style.AUTO, "video.mp4", 64L << 20)) {
      meter.accept(of(16L << 20, 64L << 20));
      meter.accept(of(64L << 20, 64L << 20));
    }
    assertThat(shown()).contains("video.mp4").contains("100%").contains("64/64 MiB").contains("/s");
    assertThat(shown()).contains("\r");
  }

  @Test
  void a_short_transfer_leaves_no_line_where_nobody_watches() {
    try (Meter meter = Meter.of(terminal(false), Meter.Style.AUTO, "x", 10)) {
      meter.accept(of(10, 10));
    }
    assertThat(shown()).isEmpty();
  }

  @Test
  void a_plain_line_has_rate_and_remaining_time_and_no_control() {
    long tenSecondsAgo = System.nanoTime() - Duration.ofSeconds(10).toNanos();
    try (PlainDisplay display = new PlainDisplay(print, "x", 40L << 20, tenSecondsAgo)) {
      display.show(10L << 20);
    }
    assertThat(shown()).matches("x: 10\\.0 MiB of 40\\.0 MiB, [^,]+/s, 3\\d\\.\\d s left\\R");
  }

  @Test
  void what_a_thread_reports_less_than_before_begins_a_new_file() {
    long[] last = new long[1];
    Meter meter = new Meter(bytes -> last[0] = bytes);
    meter.accept(of(60, 100));
    meter.accept(of(100, 100));
    meter.accept(of(30, 50));
    meter.accept(new Progress(20, OptionalLong.empty()));
    assertThat(last[0]).isEqualTo(150);
  }
}
