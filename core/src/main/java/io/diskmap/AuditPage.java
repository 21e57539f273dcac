package io.diskmap;

import java.util.List;
import java.util.Optional;

/**
 * One page of the operations that a query asked for. Immutable.
 *
 * @param records in the order of the query
 * @param next the token of the page after this one; empty on the last page
 */
public record AuditPage(List<AuditRecord> records, Optional<String> next) {
  public AuditPage {
    records = List.copyOf(records);
  }
}
