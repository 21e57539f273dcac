package io.diskmap.jdbc.internal;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.Deque;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import javax.sql.DataSource;

/**
 * A database with a few connections that callers share: each piece of work is one transaction.
 * Thread-safe.
 *
 * <p>Connections to a URL are kept and looked at before they are used again, since an embedded H2
 * closes them when its JVM is told to end; those of a {@link DataSource} are asked for and given
 * back each time, since it has a pool of its own.
 */
public final class Database implements AutoCloseable {
  private static final int MOST = 8;
  private static final long FRESH_NANOS = TimeUnit.SECONDS.toNanos(2);
  private static final int WAIT_SECONDS = 10;
  private static final int LOOK_SECONDS = 3;

  private final Source source;
  private final boolean pooled;
  private final Dialect dialect;
  private final Semaphore permits = new Semaphore(MOST);
  private final ReentrantLock changing = new ReentrantLock();
  private final Deque<Idle> idle = new ConcurrentLinkedDeque<>();
  private volatile boolean closed;

  /** Gives a new connection. */
  @FunctionalInterface
  private interface Source {
    Connection connect() throws SQLException;
  }

  private record Idle(Connection connection, long since) {}

  /** What is done in one transaction. */
  @FunctionalInterface
  public interface Work<T> {
    /** Does it; the transaction is committed when it returns and rolled back when it throws. */
    T run(Connection connection) throws SQLException;
  }

  private Database(Source source, boolean pooled) throws SQLException {
    this.source = source;
    this.pooled = pooled;
    try (Connection first = source.connect()) {
      this.dialect = Dialect.of(first);
    }
  }

  /** The database behind a JDBC URL, which carries user and password where it needs them. */
  public static Database open(String jdbcUrl) throws SQLException {
    Properties settings = settings(jdbcUrl);
    return new Database(() -> DriverManager.getConnection(jdbcUrl, settings), true);
  }

  /** What the URL does not say itself: a connection that cannot be made fails soon. */
  private static Properties settings(String jdbcUrl) {
    Map<String, String> wanted = Map.of();
    if (jdbcUrl.startsWith("jdbc:postgresql:")) {
      wanted =
          Map.of(
              "connectTimeout", "5",
              "loginTimeout", "8",
              "tcpKeepAlive", "true",
              "reWriteBatchedInserts", "true");
    } else if (jdbcUrl.startsWith("jdbc:mariadb:")) {
      wanted = Map.of("connectTimeout", "5000", "tcpKeepAlive", "true");
    }
    Properties settings = new Properties();
    wanted.forEach(
        (name, value) -> {
          if (!jdbcUrl.contains(name + "=")) {
            settings.setProperty(name, value);
          }
        });
    return settings;
  }

  /** The database of a data source, which stays the caller's to close. */
  public static Database of(DataSource source) throws SQLException {
    return new Database(source::getConnection, false);
  }

  /** What this database speaks. */
  public Dialect dialect() {
    return dialect;
  }

  /** A connection of the caller's own, to close; it is in transactions, not in auto-commit. */
  public Connection connect() throws SQLException {
    Connection connection = source.connect();
    connection.setAutoCommit(false);
    return connection;
  }

  /** Runs work in one transaction on a shared connection. */
  public <T> T call(Work<T> work) throws SQLException {
    acquire();
    try {
      Connection connection = borrow();
      boolean sound = false;
      try {
        T result = work.run(connection);
        connection.commit();
        sound = true;
        return result;
      } catch (SQLException | RuntimeException e) {
        sound = rolledBack(connection, e);
        throw e;
      } finally {
        giveBack(connection, sound);
      }
    } finally {
      permits.release();
    }
  }

  /** As {@link #call}, for work that changes something: under a {@link #hold}. */
  public <T> T change(Work<T> work) throws SQLException {
    try (Hold held = hold()) {
      return call(work);
    }
  }

  /** Keeps other changes of this process out of an embedded database until it is closed. */
  @FunctionalInterface
  public interface Hold extends AutoCloseable {
    @Override
    void close();
  }

  /**
   * Waits until nobody else changes an embedded database; on others it does nothing. H2 writes one
   * of its maps after the other, each as it is at that moment: what it writes in the midst of a
   * transaction holds a part of it, which a kill would leave. So changes go one after the other,
   * and nobody changes anything while H2 is told to write.
   */
  public Hold hold() {
    if (dialect != Dialect.H2) {
      return () -> {};
    }
    changing.lock();
    return changing::unlock;
  }

  private void acquire() throws SQLException {
    try {
      if (!permits.tryAcquire(WAIT_SECONDS, TimeUnit.SECONDS)) {
        throw new SQLTransientConnectionException(
            "All " + MOST + " connections to the database are in use.");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new SQLTransientConnectionException("The wait for a connection was interrupted.", e);
    }
  }

  private Connection borrow() throws SQLException {
    if (closed) {
      throw new SQLTransientConnectionException("The database is closed.");
    }
    for (Idle next = idle.pollFirst(); next != null; next = idle.pollFirst()) {
      boolean fresh = dialect != Dialect.H2 && System.nanoTime() - next.since() < FRESH_NANOS;
      if (fresh || next.connection().isValid(LOOK_SECONDS)) {
        return next.connection();
      }
      next.connection().close();
    }
    return connect();
  }

  private static boolean rolledBack(Connection connection, Exception failure) {
    try {
      connection.rollback();
      return connection.isValid(LOOK_SECONDS);
    } catch (SQLException e) {
      failure.addSuppressed(e);
      return false;
    }
  }

  private void giveBack(Connection connection, boolean sound) throws SQLException {
    if (sound && pooled && !closed) {
      idle.addFirst(new Idle(connection, System.nanoTime()));
      if (closed) {
        close();
      }
    } else {
      connection.close();
    }
  }

  @Override
  public void close() throws SQLException {
    closed = true;
    for (Idle next = idle.pollFirst(); next != null; next = idle.pollFirst()) {
      next.connection().close();
    }
  }
}
