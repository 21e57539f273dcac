package io.diskmap.audit.jdbc;

import io.diskmap.AuditSink;
import io.diskmap.audit.jdbc.ChainEntry.Phase;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the links of one chain out of what many threads tell, and keeps all that wait at a moment
 * with one durable write.
 *
 * <p>Thread-safe. A caller with an intent waits until it is durable. A write begins when somebody
 * waits, or when half of the operations under way have an intent that is not durable: one that is
 * alone is written while its operation prepares, and those of many share a write. An outcome waits
 * in memory for the next intent, a few milliseconds at most. While the log fails, intents are
 * refused and outcomes are kept in their order and tried again; there are never more of them than
 * operations that had begun. An intent that was refused, and is found in the log all the same, gets
 * the outcome failed.
 */
final class GroupWriter implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(GroupWriter.class);
  private static final int MOST = 2000;
  private static final long LINGER_NANOS = TimeUnit.MILLISECONDS.toNanos(25);
  private static final long RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
  private static final long PATIENCE_SECONDS = 10;

  private final EntryLog log;
  private final long writer;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition work = lock.newCondition();
  private final Condition progress = lock.newCondition();
  private final Deque<Waiting> queue = new ArrayDeque<>();
  private final Thread thread;
  private int intents;
  private int urgent;
  private int underWay;
  private long told;
  private long settled;
  private int drained;
  private int flushing;
  private boolean closing;
  private @Nullable IOException broken;
  private long brokenAt;

  // of the thread alone
  private long sequence;
  private byte[] hash;
  private List<ChainEntry> doubtful = List.of();
  private List<Waiting> doubtfulWaiting = List.of();

  /** One link that waits. The answer is for intents, which somebody or nobody tells the end of. */
  private static final class Waiting {
    private final Phase phase;
    private final Facts facts;
    private final @Nullable CompletableFuture<Boolean> answer;
    private final boolean isEndTold;
    private final long since = System.nanoTime();

    // under the lock
    private boolean isQueued = true;
    private boolean isUrgent;

    Waiting(
        Phase phase, Facts facts, @Nullable CompletableFuture<Boolean> answer, boolean isEndTold) {
      this.phase = phase;
      this.facts = facts;
      this.answer = answer;
      this.isEndTold = isEndTold;
    }

    /** Whether the caller went away before the intent was durable. */
    boolean isRefused() {
      return answer != null && answer.isDone();
    }
  }

  GroupWriter(EntryLog log, long writer) {
    this.log = log;
    this.writer = writer;
    this.hash = ChainEntry.genesis(writer);
    this.thread = new Thread(this::run, "diskmap-audit-" + ChainEntry.name(writer));
    this.thread.setDaemon(true);
  }

  GroupWriter start() {
    thread.start();
    return this;
  }

  /**
   * Keeps an intent, and waits until it is durable; where that fails, nobody tells an outcome.
   *
   * @throws IOException where the operation is refused
   */
  void intent(Facts facts) throws IOException {
    try {
      add(facts, false).await();
    } catch (IOException e) {
      over();
      throw e;
    }
  }

  /** The same with the wait left to the receipt; the outcome is told in any case. */
  AuditSink.Receipt begin(Facts facts) throws IOException {
    return add(facts, true);
  }

  private AuditSink.Receipt add(Facts facts, boolean isEndTold) throws IOException {
    CompletableFuture<Boolean> answer = new CompletableFuture<>();
    Waiting waiting = new Waiting(Phase.INTENT, facts, answer, isEndTold);
    lock.lock();
    try {
      if (closing) {
        throw new IOException("The audit store is closed.");
      }
      IOException failure = broken;
      if (failure != null && System.nanoTime() - brokenAt < RETRY_NANOS) {
        throw new IOException(failure.getMessage(), failure);
      }
      queue.add(waiting);
      told++;
      intents++;
      underWay++;
      if (queue.size() == 1 || isDue()) {
        work.signal();
      }
    } finally {
      lock.unlock();
    }
    return () -> await(waiting, answer);
  }

  /** Whether the intents that wait are to be written now. */
  private boolean isDue() {
    return urgent > 0 || intents > 0 && 2 * intents >= underWay;
  }

  /** Somebody waits for this one. */
  private void hurry(Waiting waiting) {
    lock.lock();
    try {
      if (waiting.isQueued && !waiting.isUrgent) {
        waiting.isUrgent = true;
        urgent++;
        work.signal();
      }
    } finally {
      lock.unlock();
    }
  }

  private void await(Waiting waiting, CompletableFuture<Boolean> answer) throws IOException {
    if (!answer.isDone()) {
      hurry(waiting);
    }
    try {
      answer.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw new IOException(String.valueOf(cause.getMessage()), cause);
    } catch (TimeoutException e) {
      if (answer.complete(false)) {
        throw new IOException(
            "The audit store did not take the record within " + PATIENCE_SECONDS + " s.", e);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      if (answer.complete(false)) {
        throw new InterruptedIOException("The wait for the audit store was interrupted.");
      }
    }
  }

  /** Keeps the outcome of an operation whose intent was told here, soon. */
  void end(Facts facts) {
    over();
    later(Phase.OUTCOME, facts);
  }

  /** An operation is no longer under way. */
  private void over() {
    lock.lock();
    try {
      underWay--;
      if (isDue()) {
        work.signal();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Keeps an outcome of another chain's operation, or a mark, soon. */
  void later(Phase phase, Facts facts) {
    lock.lock();
    try {
      queue.add(new Waiting(phase, facts, null, false));
      told++;
      if (queue.size() == 1 || queue.size() >= MOST) {
        work.signal();
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits until all that was told before is kept.
   *
   * @throws IOException where it is not within the time
   */
  void flush(long time, TimeUnit unit) throws IOException {
    long left = unit.toNanos(time);
    lock.lock();
    flushing++;
    long until = told;
    work.signal();
    try {
      while (settled < until) {
        if (left <= 0) {
          throw new IOException("The audit store did not take what waits for it.", broken);
        }
        left = progress.awaitNanos(left);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("The wait for the audit store was interrupted.");
    } finally {
      flushing--;
      lock.unlock();
    }
  }

  private void run() {
    try {
      for (List<Waiting> batch = take(); batch != null; batch = take()) {
        write(batch);
      }
    } catch (InterruptedException e) {
      LOG.warn("The writer of the audit trail is interrupted and ends");
    }
  }

  /** What waits now, without what was refused meanwhile; null at the end. */
  private @Nullable List<Waiting> take() throws InterruptedException {
    lock.lock();
    try {
      while (true) {
        boolean retryLater = broken != null && intents == 0;
        if (queue.isEmpty()) {
          if (closing) {
            return null;
          }
          work.await();
        } else if (retryLater && !closing) {
          long left = brokenAt + RETRY_NANOS - System.nanoTime();
          if (left <= 0) {
            return drained();
          }
          work.awaitNanos(left);
        } else if (isDue() || flushing > 0 || closing) {
          return drained();
        } else {
          long left = queue.element().since + LINGER_NANOS - System.nanoTime();
          if (left <= 0 || queue.size() >= MOST) {
            return drained();
          }
          work.awaitNanos(left);
        }
      }
    } finally {
      lock.unlock();
    }
  }

  private List<Waiting> drained() {
    drained = 0;
    List<Waiting> batch = new ArrayList<>(Math.min(MOST, queue.size()));
    for (Iterator<Waiting> it = queue.iterator(); it.hasNext() && batch.size() < MOST; ) {
      Waiting next = it.next();
      it.remove();
      next.isQueued = false;
      drained++;
      if (next.phase == Phase.INTENT) {
        intents--;
      }
      if (next.isUrgent) {
        urgent--;
      }
      if (!next.isRefused()) {
        batch.add(next);
      }
    }
    return batch;
  }

  private void write(List<Waiting> batch) {
    List<Waiting> wanted = new ArrayList<>(batch);
    try {
      wanted.removeAll(settleDoubtful());
      if (!wanted.isEmpty()) {
        append(wanted);
      }
      done(null, List.of());
    } catch (IOException e) {
      failed(wanted, e);
    } catch (RuntimeException e) {
      failed(wanted, new IOException("The audit store fails unexpectedly.", e));
    }
  }

  private void append(List<Waiting> wanted) throws IOException {
    List<ChainEntry> entries = new ArrayList<>(wanted.size());
    long number = sequence;
    byte[] before = hash;
    boolean durable = isFlushing();
    for (Waiting one : wanted) {
      number++;
      ChainEntry entry = ChainEntry.after(before, writer, number, one.phase, one.facts);
      entries.add(entry);
      before = entry.hash();
      durable |= one.phase == Phase.INTENT;
    }
    doubtful = entries;
    doubtfulWaiting = wanted;
    log.append(entries, durable);
    kept();
  }

  private boolean isFlushing() {
    lock.lock();
    try {
      return flushing > 0 || closing;
    } finally {
      lock.unlock();
    }
  }

  /** The links in doubt are kept: the chain goes on after them. */
  private void kept() {
    ChainEntry last = doubtful.get(doubtful.size() - 1);
    sequence = last.sequence();
    hash = last.hash();
    for (Waiting one : doubtfulWaiting) {
      CompletableFuture<Boolean> answer = one.answer;
      boolean refused = answer != null && !answer.complete(true);
      if (refused && !one.isEndTold) {
        later(Phase.OUTCOME, one.facts.ended("failed", "UNAVAILABLE", now(), one.facts.metadata()));
      }
    }
    doubtful = List.of();
    doubtfulWaiting = List.of();
  }

  private static long now() {
    return Facts.micros(Instant.now());
  }

  /** After a failure: what of the last batch is kept all the same. */
  private List<Waiting> settleDoubtful() throws IOException {
    if (doubtful.isEmpty()) {
      return List.of();
    }
    if (!log.settle(doubtful)) {
      doubtful = List.of();
      doubtfulWaiting = List.of();
      return List.of();
    }
    List<Waiting> found = doubtfulWaiting;
    kept();
    return found;
  }

  private void failed(List<Waiting> batch, IOException failure) {
    List<Waiting> again = new ArrayList<>();
    for (Waiting one : batch) {
      CompletableFuture<Boolean> answer = one.answer;
      if (answer == null) {
        again.add(one);
      } else {
        answer.completeExceptionally(failure);
      }
    }
    done(failure, again);
  }

  private void done(@Nullable IOException failure, List<Waiting> again) {
    lock.lock();
    try {
      settled += drained - again.size();
      for (int i = again.size() - 1; i >= 0; i--) {
        again.get(i).isQueued = true;
        queue.addFirst(again.get(i));
      }
      if (failure != null && broken == null) {
        LOG.error(
            "The audit trail cannot be written; operations are refused until it can", failure);
      } else if (failure == null && broken != null) {
        LOG.info("The audit trail is written again");
      }
      broken = failure;
      brokenAt = System.nanoTime();
      if (failure != null && closing && intents == 0) {
        LOG.error("{} outcomes were not recorded; they end as unknown", queue.size());
        settled += queue.size();
        queue.clear();
      }
      progress.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Keeps what waits and ends. */
  @Override
  public void close() {
    lock.lock();
    try {
      closing = true;
      work.signalAll();
    } finally {
      lock.unlock();
    }
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
