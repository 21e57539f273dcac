package io.diskmap.cli;

import io.diskmap.AuditEvent;
import io.diskmap.AuditRecord;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Prints operations in columns: the widths of the first screenful hold for the rest. One thread.
 */
final class AuditTable {
  private static final int MEASURED = 200;
  private static final int WIDEST_USER = 24;
  private static final String[] HEADS = {
    "TIME", "USER", "ACTION", "OUTCOME", "BYTES", "TOOK", "FILE"
  };

  private final PrintStream out;
  private final List<String[]> waiting = new ArrayList<>();
  private int[] widths = new int[0];

  AuditTable(PrintStream out) {
    this.out = out;
  }

  void print(AuditRecord record) {
    String[] row = row(record);
    if (widths.length > 0) {
      line(row);
      return;
    }
    waiting.add(row);
    if (waiting.size() == MEASURED) {
      measure();
    }
  }

  /** Prints what waits. */
  void end() {
    if (widths.length == 0 && !waiting.isEmpty()) {
      measure();
    }
    out.flush();
  }

  private void measure() {
    widths = new int[HEADS.length];
    waiting.add(0, HEADS);
    for (String[] row : waiting) {
      for (int i = 0; i < row.length; i++) {
        widths[i] = Math.max(widths[i], row[i].length());
      }
    }
    waiting.forEach(this::line);
    waiting.clear();
  }

  private void line(String[] row) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < row.length; i++) {
      boolean number = i == 4 || i == 5;
      boolean last = i == row.length - 1;
      String padding = last ? "" : " ".repeat(Math.max(0, widths[i] - row[i].length()));
      line.append(number ? padding + row[i] : row[i] + padding).append(last ? "" : "  ");
    }
    out.println(line);
  }

  private static String[] row(AuditRecord record) {
    AuditEvent event = record.event();
    String outcome = AuditCommand.word(event.outcome());
    return new String[] {
      Text.instant(event.streamStart()),
      shortened(Text.visible(event.context().user().orElse("-"))),
      event.action().label(),
      event.errorKind().map(kind -> outcome + " " + kind).orElse(outcome),
      Long.toString(event.bytesTransferred()),
      Text.time(record.duration().orElse(Duration.ZERO)),
      Text.visible(event.disk() + ":" + event.filePath())
    };
  }

  private static String shortened(String user) {
    return user.length() <= WIDEST_USER ? user : user.substring(0, WIDEST_USER - 1) + "…";
  }
}
