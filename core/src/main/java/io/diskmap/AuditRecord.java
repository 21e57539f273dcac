package io.diskmap;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/**
 * An operation as an audit store keeps it: the event and its place in a chain. Immutable; holds
 * paths and names of users.
 *
 * @param writer the id of the process run that wrote it
 * @param sequence its number in that writer's chain
 * @param hash over it and all before it in the chain, in hexadecimal digits
 * @param event what happened
 */
public record AuditRecord(String writer, long sequence, String hash, AuditEvent event) {
  /** How long the operation took. */
  public Optional<Duration> duration() {
    return event.streamComplete().map(end -> Duration.between(event.streamStart(), end));
  }

  /** One line of JSON under the fixed names of the fields, without the end of the line. */
  public String toJson() throws IOException {
    return AuditText.json(event, this);
  }

  /** The names of the columns of {@link #toCsv}, without the end of the line. */
  public static String csvHeader() {
    return AuditText.csvHeader();
  }

  /**
   * One line of comma-separated values, without the end of the line. A value that a spreadsheet
   * would take for a formula has an apostrophe before it.
   */
  public String toCsv() {
    return AuditText.csv(this);
  }
}
