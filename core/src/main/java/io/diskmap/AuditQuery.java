package io.diskmap;

import java.time.Instant;
import java.util.Optional;

/**
 * What is asked of an audit trail: every condition that is given must hold. Immutable.
 *
 * @param user the user's name
 * @param disk the disk's name
 * @param path this very file or prefix; with an empty text no condition
 * @param prefix what is below this prefix, and the prefix itself
 * @param action what was done
 * @param outcome how it ended
 * @param requestId the id of the request
 * @param from the earliest start
 * @param until the start before which operations lie
 * @param order of the records, by their start
 * @param limit how many records a page has at most, 1 to 10 000
 * @param after the token of the page before
 */
public record AuditQuery(
    Optional<String> user,
    Optional<String> disk,
    Optional<String> path,
    Optional<String> prefix,
    Optional<AuditAction> action,
    Optional<AuditEvent.Outcome> outcome,
    Optional<String> requestId,
    Optional<Instant> from,
    Optional<Instant> until,
    Order order,
    int limit,
    Optional<String> after) {
  /** The most records of a page. */
  public static final int MAX_LIMIT = 10_000;

  /** The order of the records. */
  public enum Order {
    /** The newest first. */
    NEWEST_FIRST,
    /** The oldest first. */
    OLDEST_FIRST
  }

  public AuditQuery {
    if (limit < 1 || limit > MAX_LIMIT) {
      throw new IllegalArgumentException("the limit is 1 to " + MAX_LIMIT);
    }
  }

  /** Every record, the newest first, 100 a page. */
  public static AuditQuery all() {
    return new AuditQuery(
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Order.NEWEST_FIRST,
        100,
        Optional.empty());
  }

  /** The same of this user. */
  public AuditQuery withUser(String value) {
    return new AuditQuery(
        Optional.of(value),
        disk,
        path,
        prefix,
        action,
        outcome,
        requestId,
        from,
        until,
        order,
        limit,
        after);
  }

  /** The same on this disk. */
  public AuditQuery withDisk(String value) {
    return new AuditQuery(
        user,
        Optional.of(value),
        path,
        prefix,
        action,
        outcome,
        requestId,
        from,
        until,
        order,
        limit,
        after);
  }

  /** The same of this very file or prefix. */
  public AuditQuery withPath(String value) {
    return new AuditQuery(
        user,
        disk,
        Optional.of(value),
        prefix,
        action,
        outcome,
        requestId,
        from,
        until,
        order,
        limit,
        after);
  }

  /** The same at and below this prefix. */
  public AuditQuery withPrefix(String value) {
    return new AuditQuery(
        user,
        disk,
        path,
        Optional.of(value),
        action,
        outcome,
        requestId,
        from,
        until,
        order,
        limit,
        after);
  }

  /** The same of this action. */
  public AuditQuery withAction(AuditAction value) {
    return new AuditQuery(
        user,
        disk,
        path,
        prefix,
        Optional.of(value),
        outcome,
        requestId,
        from,
        until,
        order,
        limit,
        after);
  }

  /** The same with this outcome. */
  public AuditQuery withOutcome(AuditEvent.Outcome value) {
    return new AuditQuery(
        user,
        disk,
        path,
        prefix,
        action,
        Optional.of(value),
        requestId,
        from,
        until,
        order,
        limit,
        after);
  }

  /** The same of this request. */
  public AuditQuery withRequestId(String value) {
    return new AuditQuery(
        user,
        disk,
        path,
        prefix,
        action,
        outcome,
        Optional.of(value),
        from,
        until,
        order,
        limit,
        after);
  }

  /** The same from this start on. */
  public AuditQuery withFrom(Instant value) {
    return new AuditQuery(
        user,
        disk,
        path,
        prefix,
        action,
        outcome,
        requestId,
        Optional.of(value),
        until,
        order,
        limit,
        after);
  }

  /** The same that started before this. */
  public AuditQuery withUntil(Instant value) {
    return new AuditQuery(
        user,
        disk,
        path,
        prefix,
        action,
        outcome,
        requestId,
        from,
        Optional.of(value),
        order,
        limit,
        after);
  }

  /** The same in this order. */
  public AuditQuery withOrder(Order value) {
    return new AuditQuery(
        user, disk, path, prefix, action, outcome, requestId, from, until, value, limit, after);
  }

  /** The same with this many records a page. */
  public AuditQuery withLimit(int value) {
    return new AuditQuery(
        user, disk, path, prefix, action, outcome, requestId, from, until, order, value, after);
  }

  /** The same on the page with this token. */
  public AuditQuery withAfter(String value) {
    return new AuditQuery(
        user,
        disk,
        path,
        prefix,
        action,
        outcome,
        requestId,
        from,
        until,
        order,
        limit,
        Optional.of(value));
  }
}
