package io.diskmap.internal.pipeline;

import io.diskmap.AuditAction;
import io.diskmap.AuditEvent;
import io.diskmap.AuditEvent.Outcome;
import io.diskmap.AuditSink;
import io.diskmap.ByteRange;
import io.diskmap.CallContext;
import io.diskmap.spi.PartOfDownload;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A sink that makes one record of a download that comes in several requests, as {@link
 * PartOfDownload} marks them; every other record passes as it is.
 *
 * <p>Thread-safe. The first request's intent is written before its bytes leave; the outcome follows
 * once the download's last byte has moved and all others with it, or the client says that it has
 * left. A download that is broken off is written when it has stood still for half a minute, or at
 * the close: until then the client may come back for the rest. The bytes of all requests add up,
 * those included that were lost on their way and came again.
 */
public final class FoldedDownloads implements AuditSink {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final int MOST = 10_000;

  private record Key(CallContext context, String disk, String path) {
    static Key of(AuditEvent event) {
      return new Key(PartOfDownload.unmark(event.context()), event.disk(), event.filePath());
    }
  }

  /** One download on its way; guarded by the lock. */
  private static final class Fold {
    final AuditEvent first;
    final ByteRange whole;
    final CompletableFuture<Boolean> recorded = new CompletableFuture<>();
    final Set<String> underWay = new HashSet<>();
    long bytes;
    int requests;
    long stillSince;
    boolean left;
    boolean reachedEnd;
    @Nullable AuditEvent last;

    Fold(AuditEvent first, ByteRange whole) {
      this.first = first;
      this.whole = whole;
    }
  }

  private final AuditSink sink;
  private final Duration patience;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<Key, Fold> folds = new HashMap<>();
  private final ScheduledThreadPoolExecutor clock;

  public FoldedDownloads(AuditSink sink) {
    this(sink, PATIENCE);
  }

  FoldedDownloads(AuditSink sink, Duration patience) {
    this.sink = sink;
    this.patience = patience;
    this.clock =
        new ScheduledThreadPoolExecutor(
            1,
            task -> {
              Thread thread = new Thread(task, "diskmap-audit");
              thread.setDaemon(true);
              return thread;
            });
    clock.setKeepAliveTime(1, TimeUnit.SECONDS);
    clock.allowCoreThreadTimeOut(true);
    clock.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
  }

  @Override
  public void started(AuditEvent event) throws IOException {
    if (PartOfDownload.isLeft(event.context())) {
      leave(Key.of(event));
      return;
    }
    Optional<ByteRange> whole = PartOfDownload.of(event.context());
    if (event.action() != AuditAction.FILE_DOWNLOADED_VIA_STREAM || whole.isEmpty()) {
      sink.started(event);
      return;
    }
    Key key = Key.of(event);
    Fold fold;
    boolean begins;
    lock.lock();
    try {
      Fold known = folds.get(key);
      begins = known == null;
      fold = known == null ? new Fold(event, whole.get()) : known;
      folds.put(key, fold);
      fold.underWay.add(event.eventId());
      fold.requests++;
    } finally {
      lock.unlock();
    }
    if (begins) {
      begin(key, fold);
    } else {
      awaitIntent(fold);
    }
  }

  /** Only downloads are folded, and a download's intent is waited for at once. */
  @Override
  public Receipt begin(AuditEvent event) throws IOException {
    boolean left = PartOfDownload.isLeft(event.context());
    if (event.action() != AuditAction.FILE_DOWNLOADED_VIA_STREAM && !left) {
      return sink.begin(event);
    }
    started(event);
    return () -> {};
  }

  private void begin(Key key, Fold fold) throws IOException {
    boolean recorded = false;
    try {
      sink.started(asOne(fold, fold.first, Outcome.STARTED));
      recorded = true;
    } finally {
      if (!recorded) {
        remove(key, fold);
      }
      fold.recorded.complete(recorded);
    }
  }

  private static void awaitIntent(Fold fold) throws IOException {
    try {
      if (!fold.recorded.get()) {
        throw new IOException("the record of the download was not begun");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted before the record of the download was begun", e);
    } catch (ExecutionException e) {
      throw new IOException(e);
    }
  }

  @Override
  public void finished(AuditEvent event) {
    if (PartOfDownload.isLeft(event.context())) {
      return;
    }
    if (PartOfDownload.of(event.context()).isEmpty()) {
      sink.finished(event);
      return;
    }
    Key key = Key.of(event);
    Fold fold;
    boolean over;
    boolean tooMany;
    lock.lock();
    try {
      fold = folds.get(key);
      if (fold == null || !fold.underWay.remove(event.eventId())) {
        fold = null;
        over = false;
        tooMany = false;
      } else {
        fold.bytes += event.bytesTransferred();
        fold.last = event;
        fold.reachedEnd |= reachesEnd(fold, event);
        fold.stillSince = System.nanoTime();
        over =
            fold.underWay.isEmpty()
                && (fold.left || isComplete(fold, event) || isRefused(fold, event));
        tooMany = folds.size() > MOST;
        if (over) {
          folds.remove(key);
        }
      }
    } finally {
      lock.unlock();
    }
    if (fold == null) {
      sink.finished(event);
    } else if (over) {
      end(fold);
    } else if (tooMany) {
      expire(key, fold, Duration.ZERO);
    } else {
      expireLater(key, fold);
    }
  }

  /** Ends a download at once, or with the last request of it that is still under way. */
  private void leave(Key key) {
    Fold fold;
    boolean over;
    lock.lock();
    try {
      fold = folds.get(key);
      if (fold == null) {
        return;
      }
      fold.left = true;
      over = fold.underWay.isEmpty() && folds.remove(key, fold);
    } finally {
      lock.unlock();
    }
    if (over) {
      end(fold);
    }
  }

  private static boolean isComplete(Fold fold, AuditEvent event) {
    return event.fileSize().isPresent()
        && fold.reachedEnd
        && fold.bytes >= fold.whole.within(event.fileSize().getAsLong()).length();
  }

  private static boolean reachesEnd(Fold fold, AuditEvent event) {
    if (event.fileSize().isEmpty()) {
      return false;
    }
    ByteRange whole = fold.whole.within(event.fileSize().getAsLong());
    ByteRange part = PartOfDownload.part(event.context()).within(event.fileSize().getAsLong());
    return part.offset() + event.bytesTransferred() >= whole.offset() + whole.length();
  }

  /** Whether nothing came and nothing will. */
  private static boolean isRefused(Fold fold, AuditEvent event) {
    return fold.bytes == 0 && event.outcome() != Outcome.OK;
  }

  private void expireLater(Key key, Fold fold) {
    try {
      clock.schedule(() -> expire(key, fold, patience), patience.toNanos(), TimeUnit.NANOSECONDS);
    } catch (RejectedExecutionException closing) {
      expire(key, fold, Duration.ZERO);
    }
  }

  private void expire(Key key, Fold fold, Duration still) {
    boolean over;
    lock.lock();
    try {
      over =
          fold.underWay.isEmpty()
              && System.nanoTime() - fold.stillSince >= still.toNanos()
              && folds.remove(key, fold);
    } finally {
      lock.unlock();
    }
    if (over) {
      end(fold);
    }
  }

  private void remove(Key key, Fold fold) {
    lock.lock();
    try {
      folds.remove(key, fold);
    } finally {
      lock.unlock();
    }
  }

  /** Writes the one outcome. Nobody else has hold of the fold any longer. */
  private void end(Fold fold) {
    AuditEvent last = fold.last;
    if (last == null) {
      return;
    }
    Outcome outcome =
        isComplete(fold, last)
            ? Outcome.OK
            : last.outcome() == Outcome.OK ? Outcome.ABORTED : last.outcome();
    sink.finished(asOne(fold, last, outcome));
  }

  private static AuditEvent asOne(Fold fold, AuditEvent last, Outcome outcome) {
    AuditEvent first = fold.first;
    Map<String, String> facts = new HashMap<>(last.metadata());
    if (fold.requests > 1) {
      facts.put("requests", Integer.toString(fold.requests));
    }
    return new AuditEvent(
        first.eventId(),
        first.action(),
        PartOfDownload.unmark(first.context()),
        first.disk(),
        first.filePath(),
        last.fileSize(),
        first.serverRole(),
        first.streamStart(),
        last.streamComplete(),
        fold.bytes,
        last.cleanupScheduledFor(),
        outcome,
        outcome == Outcome.OK ? Optional.empty() : last.errorKind(),
        last.sha256(),
        facts);
  }

  /** Writes what is still open; later downloads are recorded request by request. */
  @Override
  public void close() {
    clock.shutdownNow();
    List<Map.Entry<Key, Fold>> open;
    lock.lock();
    try {
      open = List.copyOf(folds.entrySet());
    } finally {
      lock.unlock();
    }
    open.forEach(entry -> expire(entry.getKey(), entry.getValue(), Duration.ZERO));
  }
}
