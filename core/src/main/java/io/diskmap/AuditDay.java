package io.diskmap;

import java.time.LocalDate;

/**
 * The totals of one day, action and outcome. Immutable.
 *
 * @param day in UTC, by the start of the operations
 * @param action what was done
 * @param outcome how it ended
 * @param operations how many operations
 * @param bytes how many bytes of content they moved
 */
public record AuditDay(
    LocalDate day, AuditAction action, AuditEvent.Outcome outcome, long operations, long bytes) {}
