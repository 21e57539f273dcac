package io.diskmap.http.protocol;

import com.fasterxml.jackson.core.JsonGenerator;
import io.diskmap.CleanupReport;
import io.diskmap.DeleteReport;
import io.diskmap.StorageException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reports on deletes of many files and on clean-ups, as JSON. Stateless. */
public final class ReportDocument {
  private ReportDocument() {}

  /** Writes {@code deleted, bytes, failed, dryRun, failures}. */
  public static void write(JsonGenerator out, DeleteReport report) throws IOException {
    out.writeNumberField("deleted", report.files());
    out.writeNumberField("bytes", report.bytes());
    out.writeNumberField("failed", report.failed());
    out.writeBooleanField("dryRun", report.dryRun());
    out.writeArrayFieldStart("failures");
    for (DeleteReport.Failure failure : report.failures()) {
      out.writeStartObject();
      out.writeStringField("path", failure.path());
      out.writeStringField("code", WireErrors.code(failure.error().kind()));
      out.writeStringField("detail", failure.error().sentence());
      out.writeEndObject();
    }
    out.writeEndArray();
  }

  /** Writes a delete's members, {@code kept, left, abortedUploads} and {@code olderThan}. */
  public static void write(JsonGenerator out, CleanupReport report) throws IOException {
    write(out, report.deleted());
    out.writeNumberField("kept", report.kept());
    out.writeNumberField("left", report.left());
    out.writeNumberField("abortedUploads", report.abortedUploads());
    out.writeStringField("olderThan", report.newestDeletable().toString());
  }

  /** Reads a report on a delete. */
  public static DeleteReport read(JsonObject json) throws MalformedException {
    List<DeleteReport.Failure> failures = new ArrayList<>();
    for (JsonObject failure : json.objects("failures")) {
      Problem problem =
          new Problem(
              500, failure.text("code"), "", failure.optionalText("detail").orElse(""), false, "");
      StorageException error = WireErrors.toException(problem, Optional.empty());
      failures.add(new DeleteReport.Failure(failure.text("path"), error));
    }
    return new DeleteReport(
        json.number("deleted"),
        json.number("bytes"),
        json.number("failed"),
        failures,
        json.flag("dryRun", false));
  }
}
