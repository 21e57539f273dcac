package io.diskmap.internal.options;

import io.diskmap.spi.OptionType;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads durations such as {@code 250ms}, {@code 15s}, {@code 2m}, {@code 4h}, {@code 1d}. */
public final class DurationText {
  private static final Pattern FORM = Pattern.compile("([0-9]{1,9})(ms|s|m|h|d)");

  private DurationText() {}

  /** The duration of a text: one whole number with one unit. */
  public static Duration parse(String text) throws BadValueException {
    Matcher form = FORM.matcher(text);
    if (!form.matches()) {
      throw new BadValueException(TextValue.expected(OptionType.DURATION));
    }
    long count = Long.parseLong(form.group(1));
    return switch (form.group(2)) {
      case "ms" -> Duration.ofMillis(count);
      case "s" -> Duration.ofSeconds(count);
      case "m" -> Duration.ofMinutes(count);
      case "h" -> Duration.ofHours(count);
      default -> Duration.ofDays(count);
    };
  }
}
