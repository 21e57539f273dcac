package io.diskmap.http.server;

import io.diskmap.AuditDay;
import io.diskmap.AuditEvent.Outcome;
import java.time.LocalDate;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;

/** The totals of the audit page: numbers, and a bar for each day. For one thread. */
final class AuditTotals {
  private static final int HEIGHT = 96;
  private static final int STEP = 26;
  private static final int BAR = 18;
  private static final int MOST_DAYS = 62;

  private final Html html;

  AuditTotals(Html html) {
    this.html = html;
  }

  /** The operations of one day by the look of their outcome. */
  private static final class Bar {
    private long ok;
    private long bad;
    private long odd;
    private long bytes;

    void add(AuditDay day) {
      switch (AuditView.color(day.outcome())) {
        case "ok" -> ok += day.operations();
        case "bad" -> bad += day.operations();
        default -> odd += day.operations();
      }
      bytes += day.bytes();
    }

    long all() {
      return ok + bad + odd;
    }
  }

  void write(List<AuditDay> days, boolean bounded) {
    TreeMap<LocalDate, Bar> bars = new TreeMap<>();
    long operations = 0;
    long bytes = 0;
    long bad = 0;
    long unknown = 0;
    for (AuditDay day : days) {
      bars.computeIfAbsent(day.day(), d -> new Bar()).add(day);
      operations += day.operations();
      bytes += day.bytes();
      bad += AuditView.color(day.outcome()).equals("bad") ? day.operations() : 0;
      unknown += day.outcome() == Outcome.UNKNOWN ? day.operations() : 0;
    }
    html.tags("<section class=\"totals\"><div class=\"numbers\">");
    number(grouped(operations), bounded ? "operations" : "operations in 31 days");
    number(size(bytes), "moved");
    number(grouped(bad), "refused or failed");
    number(grouped(unknown), "outcome unknown");
    html.tags("</div><div class=\"chart\">");
    chart(bars);
    html.tags("</div></section>");
  }

  private void number(String value, String label) {
    html.tags("<div><b>").text(value).tags("</b><span>").text(label).tags("</span></div>");
  }

  private void chart(TreeMap<LocalDate, Bar> bars) {
    if (bars.isEmpty()) {
      html.tags("<p class=\"empty\">No operation in this time.</p>");
      return;
    }
    LocalDate last = bars.lastKey();
    LocalDate first = bars.firstKey();
    if (first.isBefore(last.minusDays(MOST_DAYS - 1L))) {
      first = last.minusDays(MOST_DAYS - 1L);
    }
    long most = bars.values().stream().mapToLong(Bar::all).max().orElse(1);
    int count = (int) (last.toEpochDay() - first.toEpochDay()) + 1;
    html.tags("<svg role=\"img\" aria-label=\"Operations a day\" width=\"")
        .number((long) Math.max(count, 10) * STEP + 4)
        .tags("\" height=\"")
        .number(HEIGHT + 22)
        .tags("\"><line class=\"axis\" x1=\"0\" x2=\"100%\" y1=\"")
        .number(HEIGHT)
        .tags("\" y2=\"")
        .number(HEIGHT)
        .tags("\"/>");
    for (int i = 0; i < count; i++) {
      LocalDate day = first.plusDays(i);
      Bar bar = bars.get(day);
      if (bar != null) {
        bar(bar, day, i * STEP + 4, most);
      }
      if (i % 3 == 0) {
        html.tags("<text x=\"")
            .number((long) i * STEP + 2)
            .tags("\" y=\"")
            .number(HEIGHT + 16)
            .tags("\">")
            .text(day.toString().substring(5))
            .tags("</text>");
      }
    }
    html.tags("</svg><ul class=\"legend\">");
    legend("b-ok", "ok");
    legend("b-bad", "denied or failed");
    legend("b-odd", "aborted or unknown");
    html.tags("</ul>");
  }

  private void bar(Bar bar, LocalDate day, int x, long most) {
    html.tags("<g><title>")
        .text(day + ": " + grouped(bar.all()) + " operations, " + size(bar.bytes))
        .tags("</title>");
    int y = HEIGHT;
    y = part("b-ok", bar.ok, x, y, most);
    y = part("b-odd", bar.odd, x, y, most);
    part("b-bad", bar.bad, x, y, most);
    html.tags("</g>");
  }

  private int part(String kind, long value, int x, int y, long most) {
    if (value == 0) {
      return y;
    }
    int height = (int) Math.max(2, Math.round((HEIGHT - 8.0) * value / most));
    html.tags("<rect class=\"")
        .tags(kind)
        .tags("\" x=\"")
        .number(x)
        .tags("\" y=\"")
        .number(y - height)
        .tags("\" width=\"")
        .number(BAR)
        .tags("\" height=\"")
        .number(height)
        .tags("\" rx=\"2\"/>");
    return y - height;
  }

  private void legend(String kind, String label) {
    html.tags("<li><svg width=\"10\" height=\"10\"><rect class=\"")
        .tags(kind)
        .tags("\" width=\"10\" height=\"10\" rx=\"2\"/></svg>")
        .text(label)
        .tags("</li>");
  }

  /** A number with thin gaps between its thousands. */
  static String grouped(long number) {
    return String.format(Locale.ROOT, "%,d", number).replace(',', '\u2009');
  }

  private static String size(long bytes) {
    if (bytes < 1024) {
      return bytes + " B";
    }
    double value = bytes;
    int unit = -1;
    do {
      value /= 1024;
      unit++;
    } while (value >= 1023.95 && unit < 4);
    return String.format(Locale.ROOT, "%.1f %ciB", value, "KMGTP".charAt(unit));
  }
}
