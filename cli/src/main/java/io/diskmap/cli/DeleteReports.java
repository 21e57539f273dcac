package io.diskmap.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import io.diskmap.DeleteReport;
import java.io.IOException;

/** Writes what a delete of many files did. For one thread. */
final class DeleteReports {
  private final Terminal terminal;
  private final boolean human;
  private final boolean json;

  DeleteReports(Terminal terminal, boolean human, boolean json) {
    this.terminal = terminal;
    this.human = human;
    this.json = json;
  }

  /** Prints counts on standard output and the first failures on standard error. */
  void print(String place, DeleteReport report) {
    if (json) {
      Json.print(
          terminal.out(),
          members -> {
            members.writeStringField("place", place);
            members(members, report);
          });
      return;
    }
    terminal.out().println((report.dryRun() ? "would delete " : "deleted ") + text(report, place));
    failures(report);
  }

  private String text(DeleteReport report, String place) {
    String size = human ? Text.human(report.bytes()) : Text.count(report.bytes(), "byte");
    return Text.count(report.files(), "file") + ", " + size + ", below " + place;
  }

  /** Prints the first failures on standard error. */
  void failures(DeleteReport report) {
    for (DeleteReport.Failure failure : report.failures()) {
      terminal
          .err()
          .println(
              "diskmap: "
                  + Failures.sentence(failure.error())
                  + " at "
                  + Text.visible(failure.path()));
    }
    if (report.failed() > 0) {
      terminal
          .err()
          .println("remedy: mend what is said above and run it again; repeating finishes the job");
    }
  }

  /** The members of a report. */
  static void members(JsonGenerator json, DeleteReport report) throws IOException {
    json.writeNumberField("files", report.files());
    json.writeNumberField("bytes", report.bytes());
    json.writeNumberField("failed", report.failed());
    json.writeBooleanField("dry_run", report.dryRun());
    json.writeArrayFieldStart("failures");
    for (DeleteReport.Failure failure : report.failures()) {
      json.writeStartObject();
      json.writeStringField("path", failure.path());
      Json.error(json, failure.error());
      json.writeEndObject();
    }
    json.writeEndArray();
  }
}
