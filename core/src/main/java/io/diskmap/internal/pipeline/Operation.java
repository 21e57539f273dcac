package io.diskmap.internal.pipeline;

import io.diskmap.AuditAction;
import io.diskmap.AuditEvent;
import io.diskmap.AuditSink;
import io.diskmap.CallContext;
import io.diskmap.CallOptions;
import io.diskmap.Cancellation;
import io.diskmap.ChecksumAlgorithm;
import io.diskmap.ErrorKind;
import io.diskmap.FileMetadata;
import io.diskmap.StorageException;
import io.diskmap.StorageListener;
import io.diskmap.StoragePath;
import io.diskmap.spi.Call;
import io.diskmap.spi.RandomId;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One operation of a user from its start to its one end: the call, the audit records, the events.
 *
 * <p>Thread-safe; the first of {@link #succeed} and {@link #fail} ends it.
 */
final class Operation {
  private final Disk disk;
  private final @Nullable AuditAction action;
  private final String path;
  private final String recordedPath;
  private final Call call;
  private final Duration stallTimeout;
  private final StorageListener.Operation event;
  private final String eventId = RandomId.uuid().toString();
  private final Instant started;
  private final long startedNanos = System.nanoTime();
  private final AtomicLong bytes = new AtomicLong();
  private final AtomicBoolean over = new AtomicBoolean();
  private final Cancellation.Registration cancellation;
  private final boolean intentRecorded;
  private final Recording recording;
  private volatile @Nullable FileMetadata file;
  private volatile @Nullable Duration cleanupAfter;
  private volatile Map<String, String> details = Map.of();

  /** When the records of an operation are written. */
  private enum Recording {
    /** The intent before anything else, the outcome at the end. */
    FIRST,
    /** As before, but the intent is awaited only before the effect. */
    WHILE_PREPARING,
    /** Both at the end, where the operation failed. */
    FAILURES
  }

  private Operation(
      Disk disk,
      String name,
      @Nullable AuditAction action,
      View view,
      String path,
      CallOptions options,
      boolean movesFile,
      Recording recording)
      throws StorageException {
    CallContext context = inOneRequest(view.context());
    this.disk = disk;
    this.action = action;
    this.recording = recording;
    this.path = path;
    this.recordedPath = view.recorded(path);
    this.started = disk.clock().instant();
    this.stallTimeout = options.stallTimeout().orElse(disk.settings().stallTimeout());
    Optional<Duration> limit =
        options.timeout().isPresent() || movesFile
            ? options.timeout()
            : Optional.of(disk.settings().timeout());
    this.call = limit.isPresent() ? Call.within(context, limit.get()) : Call.unbounded(context);
    this.event =
        new StorageListener.Operation(
            disk.settings().name(),
            disk.settings().driver(),
            name,
            context.requestId().orElseThrow());
    disk.calls().add(this);
    this.cancellation =
        options.cancellation().map(c -> c.onCancel(this::cancelled)).orElse(() -> {});
    tell(() -> disk.listener().operationStarted(event));
    this.intentRecorded = recordIntent();
    if (action != null) {
      requireUser();
    }
  }

  /** All that an operation asks of a services server has one request id. */
  private CallContext inOneRequest(CallContext context) {
    return context.requestId().isPresent() ? context : context.withRequestId(eventId);
  }

  /**
   * Begins an operation; refused with CLOSED after the close, UNAVAILABLE where no record can be
   * kept.
   */
  static Operation begin(
      Disk disk,
      String name,
      AuditAction action,
      View view,
      String path,
      CallOptions options,
      boolean movesFile)
      throws StorageException {
    return new Operation(disk, name, action, view, path, options, movesFile, Recording.FIRST);
  }

  /**
   * As {@link #begin} for an operation that prepares before it has an effect: its intent is
   * recorded meanwhile, and {@link Call#effect} waits for it.
   */
  static Operation beginPreparing(
      Disk disk, String name, AuditAction action, View view, String path, CallOptions options)
      throws StorageException {
    return new Operation(disk, name, action, view, path, options, true, Recording.WHILE_PREPARING);
  }

  /**
   * Begins a step that leaves records where it is refused or fails, and none where it succeeds: the
   * operation that it belongs to has its own.
   */
  static Operation beginPart(
      Disk disk, String name, AuditAction action, View view, String path, CallOptions options)
      throws StorageException {
    return new Operation(disk, name, action, view, path, options, true, Recording.FAILURES);
  }

  /** Begins a step of a larger operation: watched and told to the listener, without a record. */
  static Operation step(Disk disk, String name, View view, String path, CallOptions options)
      throws StorageException {
    return new Operation(disk, name, null, view, path, options, true, Recording.FIRST);
  }

  /** Refuses the operation where the audit trail needs a user and none is named. */
  void requireUser() throws StorageException {
    if (disk.settings().requireUser() && call.context().user().isEmpty()) {
      throw fail(
          StorageException.of(
              ErrorKind.PERMISSION_DENIED,
              "The audit trail requires a user and the call names none; name one in the context."));
    }
  }

  /** What an operation does. */
  @FunctionalInterface
  interface Body<T> {
    T run() throws StorageException;
  }

  /** Does it and ends the operation with its outcome. */
  <T> T complete(Body<T> body) throws StorageException {
    try {
      T result = body.run();
      succeed();
      return result;
    } catch (StorageException e) {
      throw fail(e);
    } catch (RuntimeException e) {
      StorageException end = endOfCall();
      if (end != null) {
        throw fail(end.toBuilder().cause(e).build());
      }
      fail(StorageException.of(ErrorKind.UNKNOWN, "The operation failed in an unforeseen way.", e));
      throw e;
    } catch (Error e) {
      fail(StorageException.of(ErrorKind.UNKNOWN, "The operation failed in an unforeseen way.", e));
      throw e;
    }
  }

  /** Why the call is over before its time; a driver that was closed under it may throw anything. */
  private @Nullable StorageException endOfCall() {
    if (!call.isEnded()) {
      return null;
    }
    try {
      call.check();
      return null;
    } catch (StorageException end) {
      return end;
    }
  }

  Call call() {
    return call;
  }

  Duration stallTimeout() {
    return stallTimeout;
  }

  /** Counts bytes of content that moved. */
  void moved(long count) {
    bytes.addAndGet(count);
    call.progressed();
  }

  long bytes() {
    return bytes.get();
  }

  /** Notes the file that the operation was about. */
  void about(FileMetadata metadata) {
    file = metadata;
  }

  /** Notes the file that the operation was about; answers it as the view shows it. */
  FileMetadata about(View view, FileMetadata onDisk) {
    FileMetadata shown = view.shown(ContentTypes.fill(onDisk));
    about(shown);
    return shown;
  }

  /** Notes when the file may go: as its saver says, else by the rules of the disk. */
  void cleanupOf(StoragePath file) {
    cleanupAfter =
        call.context().cleanupAfter().or(() -> disk.settings().cleanupAfter(file)).orElse(null);
  }

  /** Notes further facts for the record. */
  void details(Map<String, String> value) {
    details = value;
  }

  /** Tells the listener of a failed attempt. */
  void retried(int attempt, StorageException failure, Duration pause) {
    tell(() -> disk.listener().retried(event, attempt, failure, pause));
  }

  /** Ends the operation: it did what was asked. */
  void succeed() {
    end(null);
  }

  /** Ends the operation and gives the failure with disk, operation and path. */
  StorageException fail(StorageException failure) {
    StorageException located = locate(failure);
    end(located);
    return located;
  }

  /** The failure with disk, operation and path. */
  StorageException locate(StorageException failure) {
    return failure.toBuilder()
        .disk(disk.settings().name(), disk.settings().driver())
        .operation(event.name())
        .path(path, disk.settings().showPaths())
        .build();
  }

  private void cancelled() {
    call.end(StorageException.of(ErrorKind.CANCELLED, "The caller cancelled the call."));
  }

  private boolean recordIntent() throws StorageException {
    AuditAction recorded = action;
    if (recorded == null || recording == Recording.FAILURES || disk.driver().isAuditedByPeer()) {
      return false;
    }
    try {
      AuditEvent intent = record(recorded, AuditEvent.Outcome.STARTED, null);
      if (recording == Recording.WHILE_PREPARING) {
        AuditSink.Receipt receipt = disk.audit().begin(intent);
        call.beforeEffect(() -> await(receipt));
      } else {
        disk.audit().started(intent);
      }
      return true;
    } catch (IOException | RuntimeException e) {
      throw fail(unrecorded(e));
    }
  }

  private static void await(AuditSink.Receipt receipt) throws StorageException {
    try {
      receipt.await();
    } catch (IOException | RuntimeException e) {
      throw unrecorded(e);
    }
  }

  private static StorageException unrecorded(Exception cause) {
    return StorageException.of(
        ErrorKind.UNAVAILABLE,
        "The audit trail cannot be written, so the operation is refused; see the audit store.",
        cause);
  }

  private void end(@Nullable StorageException failure) {
    if (!over.compareAndSet(false, true)) {
      return;
    }
    cancellation.close();
    disk.calls().remove(this);
    AuditAction recorded = action;
    if (recorded != null && (intentRecorded || isRecordedAtItsEnd(failure))) {
      recordOutcome(recorded, failure);
    }
    Duration took = Duration.ofNanos(System.nanoTime() - startedNanos);
    tell(() -> disk.listener().operationEnded(event, took, bytes(), Optional.ofNullable(failure)));
  }

  /** A failure that no intent was written for: of a part, or one that never reached the peer. */
  private boolean isRecordedAtItsEnd(@Nullable StorageException failure) {
    if (failure == null) {
      return false;
    }
    return disk.driver().isAuditedByPeer()
        ? failure.httpStatus().isEmpty()
        : recording == Recording.FAILURES;
  }

  private void recordOutcome(AuditAction recorded, @Nullable StorageException failure) {
    try {
      if (!intentRecorded) {
        disk.audit().started(record(recorded, AuditEvent.Outcome.STARTED, null));
      }
      disk.audit().finished(record(recorded, outcomeOf(failure), failure));
    } catch (IOException | RuntimeException e) {
      log().error("The audit sink failed to record the outcome of event {}", eventId, e);
    }
  }

  private static AuditEvent.Outcome outcomeOf(@Nullable StorageException failure) {
    if (failure == null) {
      return AuditEvent.Outcome.OK;
    }
    return switch (failure.kind()) {
      case PERMISSION_DENIED, UNAUTHENTICATED, READ_ONLY, PATH_INVALID -> AuditEvent.Outcome.DENIED;
      case CANCELLED, CLOSED -> AuditEvent.Outcome.ABORTED;
      case OUTCOME_UNKNOWN -> AuditEvent.Outcome.UNKNOWN;
      default -> AuditEvent.Outcome.FAILED;
    };
  }

  private AuditEvent record(
      AuditAction recorded, AuditEvent.Outcome outcome, @Nullable StorageException failure) {
    FileMetadata known = file;
    Duration age = cleanupAfter;
    boolean intent = outcome == AuditEvent.Outcome.STARTED;
    return new AuditEvent(
        eventId,
        recorded,
        call.context(),
        disk.settings().name(),
        recordedPath,
        known == null ? OptionalLong.empty() : OptionalLong.of(known.size()),
        disk.settings().role(),
        started,
        intent ? Optional.empty() : Optional.of(disk.clock().instant()),
        bytes.get(),
        age == null ? Optional.empty() : Optional.of(started.plus(age)),
        outcome,
        Optional.ofNullable(failure).map(StorageException::kind),
        known == null
            ? Optional.empty()
            : known.checksum(ChecksumAlgorithm.SHA256).map(c -> c.hex()),
        details);
  }

  private static void tell(Runnable event) {
    try {
      event.run();
    } catch (RuntimeException e) {
      log().warn("A storage listener threw; its exception is dropped", e);
    }
  }

  /** Made when there is something to say: a logging system takes part of every start's time. */
  private static Logger log() {
    return LoggerFactory.getLogger(Operation.class);
  }
}
