package io.diskmap.benchmarks;

import java.util.List;
import java.util.Locale;

/** A figure of ours alone, as a line of the page. Stateless. */
final class Figure {
  private Figure() {}

  /** The median of the values, marked where it is larger than wanted; none is wanted by NaN. */
  static String line(String what, String unit, double wanted, List<Double> values) {
    double median = Duel.median(values);
    return "- %s: %s%s %s (median of %d%s)%n"
        .formatted(
            what,
            median > wanted ? "**not reached** " : "",
            number(median),
            unit,
            values.size(),
            Double.isNaN(wanted) ? "" : ", wanted at most " + number(wanted) + " " + unit);
  }

  private static String number(double value) {
    if (value == Math.rint(value)) {
      return Long.toString(Math.round(value));
    }
    return String.format(Locale.ROOT, value < 10 ? "%.3f" : "%.0f", value);
  }
}
