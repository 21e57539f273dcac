package io.diskmap.audit.jdbc;

import io.diskmap.jdbc.internal.Database;
import io.diskmap.jdbc.internal.Dialect;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings the links of a journal into the database, many in one transaction, and removes the
 * segments whose links are durable there.
 *
 * <p>Thread-safe; one thread of its own ships. While the database is down the links wait in the
 * journal, and go in their order when it is back.
 */
final class Shipper implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Shipper.class);
  private static final int MOST = 2000;
  private static final long BACKLOG = 50_000;
  private static final long ROOM_NANOS = TimeUnit.SECONDS.toNanos(5);
  private static final long LINGER_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
  private static final long RETRY_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final long WRITE_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

  /** One failure is common: a server that restarts, or H2, which closes when its JVM is told to. */
  private static final int ALARM = 3;

  private static final int LAST_TRIES = 10;
  private static final long LAST_RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
  private static final long CLOSE_NANOS = TimeUnit.SECONDS.toNanos(10);

  private final Journal journal;
  private final Connector connector;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Thread thread;
  private long pending;
  private long arrivedInAll;
  private long shippedInAll;
  private int flushing;
  private boolean closing;
  private boolean down;
  private int failures;

  // of the thread alone
  private Journal.Place place = Journal.start();
  private Journal.Place released = Journal.start();
  private @Nullable TableLog log;
  private long shipped = -1;
  private long written = System.nanoTime();

  Shipper(Journal journal, Connector connector) {
    this.journal = journal;
    this.connector = connector;
    this.thread =
        new Thread(this::run, "diskmap-audit-ship-" + ChainEntry.name(connector.writer()));
    this.thread.setDaemon(true);
  }

  Shipper start() {
    thread.start();
    return this;
  }

  /** So many links are new in the journal. */
  void arrived(int count) {
    lock.lock();
    try {
      boolean wakes = pending == 0 || pending < MOST && pending + count >= MOST;
      pending += count;
      arrivedInAll += count;
      if (wakes) {
        changed.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits, for a bounded time, while the database takes links and is far behind the journal: who
   * makes more of them than it takes goes at its speed.
   */
  void awaitRoom() {
    long left = ROOM_NANOS;
    lock.lock();
    try {
      while (pending > BACKLOG && !down && !closing && left > 0) {
        left = changed.awaitNanos(left);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      lock.unlock();
    }
  }

  /** Waits until the links of the journal are in the database. */
  void flush(long time, TimeUnit unit) throws IOException {
    long left = unit.toNanos(time);
    lock.lock();
    flushing++;
    long until = arrivedInAll;
    changed.signalAll();
    try {
      while (shippedInAll < until) {
        if (left <= 0) {
          throw new IOException(
              "The audit store does not answer; its records wait on this machine.");
        }
        left = changed.awaitNanos(left);
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
      while (awaitWork()) {
        try {
          ship();
          tell(false, null);
        } catch (IOException | SQLException | RuntimeException e) {
          tell(true, e);
        }
      }
    } catch (InterruptedException e) {
      LOG.debug("The audit trail's shipper is interrupted and ends");
    } finally {
      closeLog();
    }
  }

  /** Whether there may be more to ship; waits until a batch is worth while. */
  private boolean awaitWork() throws InterruptedException {
    lock.lock();
    try {
      while (pending == 0 && !closing) {
        changed.await();
      }
      if (pending == 0) {
        return false;
      }
      boolean last = closing;
      long pause = last ? LAST_RETRY_NANOS : RETRY_NANOS;
      long left = down ? pause : LINGER_NANOS;
      while (left > 0 && closing == last && (down || !last && flushing == 0 && pending < MOST)) {
        left = changed.awaitNanos(left);
      }
      return !(closing && down && failures >= LAST_TRIES);
    } finally {
      lock.unlock();
    }
  }

  private void ship() throws IOException, SQLException {
    Database database = connector.connected();
    TableLog to = log;
    if (to == null) {
      to = new TableLog(database, 0);
      log = to;
    }
    if (shipped < 0) {
      shipped = connector.head(to);
    }
    Journal.Batch batch = journal.read(place, MOST);
    List<ChainEntry> fresh =
        batch.entries().stream().filter(entry -> entry.sequence() > shipped).toList();
    if (!fresh.isEmpty()) {
      to.append(fresh, false);
      shipped = fresh.get(fresh.size() - 1).sequence();
    }
    place = batch.next();
    if (place.segment() > released.segment()) {
      sync(database);
      written = System.nanoTime();
      journal.release(place);
      released = place;
    } else if (System.nanoTime() - written > WRITE_NANOS) {
      checkpoint(database, "CHECKPOINT");
      written = System.nanoTime();
    }
    count(batch.entries().size());
  }

  /** H2 leaves what it writes to the system unless it is asked to force it. */
  static void sync(Database database) throws SQLException {
    checkpoint(database, "CHECKPOINT SYNC");
  }

  private static void checkpoint(Database database, String command) throws SQLException {
    if (database.dialect() == Dialect.H2) {
      try (Database.Hold held = database.hold();
          Connection connection = database.connect();
          Statement statement = connection.createStatement()) {
        statement.execute(command);
      }
    }
  }

  private void count(int done) {
    lock.lock();
    try {
      pending -= done;
      shippedInAll += done;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void tell(boolean nowDown, @Nullable Exception failure) {
    lock.lock();
    try {
      failures = nowDown ? failures + 1 : 0;
      if (failures == ALARM) {
        LOG.error("The audit store does not take records; they wait on this machine", failure);
      }
      down = nowDown;
      if (nowDown) {
        shipped = -1;
      }
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void closeLog() {
    TableLog current = log;
    if (current != null) {
      current.close();
    }
  }

  /** Ships what waits, unless the database is down, and ends; whether nothing waits. */
  boolean finish() {
    lock.lock();
    try {
      closing = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    try {
      thread.join(TimeUnit.NANOSECONDS.toMillis(CLOSE_NANOS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    lock.lock();
    try {
      return pending == 0 && !thread.isAlive();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    finish();
  }
}
