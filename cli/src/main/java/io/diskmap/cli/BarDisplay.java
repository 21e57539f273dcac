package io.diskmap.cli;

import java.io.PrintStream;
import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/**
 * Progress as a bar with rate and remaining time on a terminal. Used by one thread at a time; the
 * bar's own thread draws it.
 */
final class BarDisplay implements Meter.Display {
  private static final int REDRAW_MILLIS = 100;
  private static final long MIB = 1L << 20;

  private final PrintStream err;
  private final ProgressBar bar;

  BarDisplay(Terminal terminal, String task, long total) {
    this.err = terminal.err();
    this.bar =
        new ProgressBarBuilder()
            .setTaskName(task)
            .setInitialMax(total)
            .setUnit(" MiB", MIB)
            .setStyle(ProgressBarStyle.ASCII)
            .setUpdateIntervalMillis(REDRAW_MILLIS)
            .showSpeed(new DecimalFormat("0.0", DecimalFormatSymbols.getInstance(Locale.ROOT)))
            .setSpeedUnit(ChronoUnit.SECONDS)
            .setConsumer(new ConsoleProgressBarConsumer(err, terminal.width()))
            .build();
  }

  @Override
  public void show(long bytes) {
    bar.stepTo(bytes);
  }

  @Override
  public void close() {
    bar.close();
    err.println();
  }
}
