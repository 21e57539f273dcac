package io.diskmap;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * One operation of a user, as the audit trail keeps it.
 *
 * <p>Immutable; holds no secret, and does hold paths and names of users.
 *
 * @param eventId the same for intent and outcome
 * @param action what was done, by the fixed names of {@link AuditAction}
 * @param context who asked, for which cohort, with which request and key
 * @param disk the disk's name
 * @param filePath the file or prefix
 * @param fileSize its size, where known
 * @param serverRole the role of the process that writes the record
 * @param streamStart when the operation began
 * @param streamComplete when it ended; empty in an intent
 * @param bytesTransferred how many bytes of content moved
 * @param cleanupScheduledFor when the file may go
 * @param outcome how it ended
 * @param errorKind why it failed
 * @param sha256 of the content, where known
 * @param metadata further facts
 */
public record AuditEvent(
    String eventId,
    AuditAction action,
    CallContext context,
    String disk,
    String filePath,
    OptionalLong fileSize,
    ServerRole serverRole,
    Instant streamStart,
    Optional<Instant> streamComplete,
    long bytesTransferred,
    Optional<Instant> cleanupScheduledFor,
    Outcome outcome,
    Optional<ErrorKind> errorKind,
    Optional<String> sha256,
    Map<String, String> metadata) {
  /** How an operation ended. */
  public enum Outcome {
    /** It has begun. */
    STARTED,
    /** It did what was asked. */
    OK,
    /** It was refused before anything was touched. */
    DENIED,
    /** It failed and changed nothing that was asked of it. */
    FAILED,
    /** The caller ended it. */
    ABORTED,
    /** It may or may not have happened. */
    UNKNOWN
  }

  public AuditEvent {
    metadata = Map.copyOf(metadata);
  }
}
