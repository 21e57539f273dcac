package io.diskmap;

import java.io.IOException;
import java.util.List;

/**
 * What an audit store has kept, for those who may read it.
 *
 * <p>Thread-safe. Reading changes nothing and is not recorded itself.
 */
public interface AuditTrail {
  /**
   * The operations that a query asks for, one page of them. An operation that has not ended is not
   * among them, until a restart closes it with outcome unknown.
   *
   * @throws IOException where the store does not answer
   */
  AuditPage page(AuditQuery query) throws IOException;

  /**
   * The totals of each day, in UTC, of the operations that a query asks for, the newest day first;
   * the query's limit, order and token do not count.
   *
   * @throws IOException where the store does not answer
   */
  List<AuditDay> days(AuditQuery query) throws IOException;
}
