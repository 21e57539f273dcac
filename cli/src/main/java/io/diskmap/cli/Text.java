package io.diskmap.cli;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;

/** How the command writes sizes, times and foreign texts. Any thread may call it. */
final class Text {
  private static final String[] UNITS = {"KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};

  private Text() {}

  /** A size: exact bytes, or with a unit for people. */
  static String size(long bytes, boolean human) {
    return human ? human(bytes) : Long.toString(bytes);
  }

  /** A size with at most four digits and a unit. */
  static String human(long bytes) {
    if (bytes < 1024) {
      return bytes + " B";
    }
    double value = bytes;
    int unit = -1;
    do {
      value /= 1024;
      unit++;
    } while (value >= 1023.95 && unit < UNITS.length - 1);
    return String.format(Locale.ROOT, "%.1f %s", value, UNITS[unit]);
  }

  /** How many bytes a second. */
  static String rate(long bytes, Duration took) {
    double seconds = Math.max(took.toNanos() / 1e9, 1e-6);
    return human((long) (bytes / seconds)) + "/s";
  }

  /** A duration for people: {@code 3.4 ms}, {@code 2.1 s}, {@code 5:03}, {@code 2:00:03}. */
  static String time(Duration time) {
    long seconds = time.toSeconds();
    if (seconds >= 3600) {
      return String.format(
          Locale.ROOT, "%d:%02d:%02d", seconds / 3600, seconds / 60 % 60, seconds % 60);
    }
    if (seconds >= 60) {
      return String.format(Locale.ROOT, "%d:%02d", seconds / 60, seconds % 60);
    }
    double millis = time.toNanos() / 1e6;
    return millis < 1000
        ? String.format(Locale.ROOT, "%.1f ms", millis)
        : String.format(Locale.ROOT, "%.1f s", millis / 1000);
  }

  /** An instant in UTC, to the second. */
  static String instant(Instant instant) {
    return instant.truncatedTo(ChronoUnit.SECONDS).toString();
  }

  /** A count with its noun: {@code 1 file}, {@code 1 234 files}. */
  static String count(long number, String noun) {
    String digits = String.format(Locale.ROOT, "%,d", number).replace(',', ' ');
    return digits + " " + noun + (number == 1 ? "" : "s");
  }

  /** A text that somebody else chose, on one line, with what moves a cursor escaped. */
  static String visible(String text) {
    StringBuilder shown = null;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean plain = !Character.isISOControl(c) && Character.getType(c) != Character.FORMAT;
      if (!plain && shown == null) {
        shown = new StringBuilder(text.substring(0, i));
      }
      if (shown != null) {
        shown.append(plain ? String.valueOf(c) : String.format(Locale.ROOT, "\\u%04x", (int) c));
      }
    }
    return shown == null ? text : shown.toString();
  }
}
