package io.diskmap;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * An audit sink that gives each record to several others, in their order. Thread-safe.
 *
 * <p>An intent that one of them refuses is refused, and those that had it already are told that the
 * operation failed.
 */
final class SharedAuditSink implements AuditSink {
  private final List<AuditSink> sinks;

  SharedAuditSink(List<AuditSink> sinks) {
    this.sinks = List.copyOf(sinks);
  }

  @Override
  public void started(AuditEvent event) throws IOException {
    tell(event, sink -> sink.started(event));
  }

  @Override
  public Receipt begin(AuditEvent event) throws IOException {
    List<Receipt> receipts = new ArrayList<>();
    tell(event, sink -> receipts.add(sink.begin(event)));
    return () -> {
      for (Receipt receipt : receipts) {
        receipt.await();
      }
    };
  }

  /** What is told to one sink. */
  @FunctionalInterface
  private interface Telling {
    void to(AuditSink sink) throws IOException;
  }

  private void tell(AuditEvent event, Telling telling) throws IOException {
    List<AuditSink> told = new ArrayList<>();
    for (AuditSink sink : sinks) {
      try {
        telling.to(sink);
        told.add(sink);
      } catch (IOException | RuntimeException e) {
        told.forEach(one -> one.finished(refused(event)));
        throw e;
      }
    }
  }

  private static AuditEvent refused(AuditEvent event) {
    return new AuditEvent(
        event.eventId(),
        event.action(),
        event.context(),
        event.disk(),
        event.filePath(),
        event.fileSize(),
        event.serverRole(),
        event.streamStart(),
        Optional.of(Instant.now()),
        0,
        event.cleanupScheduledFor(),
        AuditEvent.Outcome.FAILED,
        Optional.of(ErrorKind.UNAVAILABLE),
        Optional.empty(),
        event.metadata());
  }

  @Override
  public void finished(AuditEvent event) {
    sinks.forEach(sink -> sink.finished(event));
  }

  @Override
  public void close() {
    sinks.forEach(AuditSink::close);
  }
}
