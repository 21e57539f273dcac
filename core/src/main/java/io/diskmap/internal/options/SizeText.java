package io.diskmap.internal.options;

import io.diskmap.spi.OptionType;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads sizes such as {@code 64KiB}, {@code 1MiB}, {@code 8MB} and {@code 65536}. */
public final class SizeText {
  private static final Pattern FORM = Pattern.compile("([0-9]{1,18})([A-Za-z]*)");
  private static final Map<String, Long> UNITS =
      Map.ofEntries(
          Map.entry("", 1L),
          Map.entry("B", 1L),
          Map.entry("kB", 1_000L),
          Map.entry("KB", 1_000L),
          Map.entry("MB", 1_000_000L),
          Map.entry("GB", 1_000_000_000L),
          Map.entry("TB", 1_000_000_000_000L),
          Map.entry("KiB", 1L << 10),
          Map.entry("MiB", 1L << 20),
          Map.entry("GiB", 1L << 30),
          Map.entry("TiB", 1L << 40));

  private SizeText() {}

  /** The number of bytes of a text: one whole number, with or without a unit. */
  public static Long parse(String text) throws BadValueException {
    Matcher form = FORM.matcher(text);
    Long unit = form.matches() ? UNITS.get(form.group(2)) : null;
    if (unit == null) {
      throw new BadValueException(TextValue.expected(OptionType.SIZE));
    }
    try {
      return Math.multiplyExact(Long.parseLong(form.group(1)), unit);
    } catch (ArithmeticException tooLarge) {
      throw new BadValueException("the size is larger than any file can be");
    }
  }
}
