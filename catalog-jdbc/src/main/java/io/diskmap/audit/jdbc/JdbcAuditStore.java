package io.diskmap.audit.jdbc;

import io.diskmap.AuditEvent;
import io.diskmap.AuditSection;
import io.diskmap.AuditTrail;
import io.diskmap.Secret;
import io.diskmap.ServerRole;
import io.diskmap.jdbc.internal.Database;
import io.diskmap.spi.AuditStore;
import io.diskmap.spi.AuditStoreRequest;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An audit trail in a database, written as one chain of hashes for each run of a process.
 *
 * <p>Thread-safe. An intent is durable when {@link #started} returns: in the database, or in a
 * journal on this machine that goes into the database a moment later.
 */
public final class JdbcAuditStore implements AuditStore {
  static final long JOURNAL_LIMIT = 256L << 20;

  private static final Logger LOG = LoggerFactory.getLogger(JdbcAuditStore.class);
  private static final long FLUSH_SECONDS = 5;
  private static final long KEEP_SECONDS = 60;

  private final Connector connector;
  private final GroupWriter writer;
  private final @Nullable TableLog tables;
  private final @Nullable Shipper shipper;
  private final @Nullable Journal journal;
  private final @Nullable Spool spool;
  private final Keeper keeper;
  private final Clock clock;
  private final ScheduledExecutorService timer;
  private final AtomicBoolean closed = new AtomicBoolean();

  private JdbcAuditStore(Connector connector, Optional<Path> directory, Clock clock)
      throws IOException {
    this.connector = connector;
    this.clock = clock;
    if (directory.isPresent()) {
      this.spool = new Spool(directory.get(), connector.beginning());
      this.journal = new Journal(directory.get(), connector.beginning().name(), JOURNAL_LIMIT);
      this.shipper = new Shipper(journal, connector).start();
      this.tables = null;
      this.writer = new GroupWriter(new JournalLog(journal, shipper), connector.writer()).start();
    } else {
      this.spool = null;
      this.journal = null;
      this.shipper = null;
      this.tables = new TableLog(connector.connected(), 0);
      this.writer = new GroupWriter(tables, connector.writer()).start();
    }
    this.keeper = new Keeper(connector, writer, Optional.ofNullable(spool), clock);
    this.timer =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              Thread thread = new Thread(task, "diskmap-audit-keeper");
              thread.setDaemon(true);
              return thread;
            });
  }

  /**
   * A store in the database of a host application; a call whose record it does not take is refused.
   *
   * @throws IOException where the database does not answer or has no tables for it
   */
  public static JdbcAuditStore open(DataSource source, ServerRole role) throws IOException {
    return open(() -> Database.of(source), Optional.empty(), role, Clock.systemUTC(), true);
  }

  /**
   * The store in a directory, which is made where it does not exist, or behind a JDBC URL; a call
   * whose record it does not take is refused.
   *
   * @throws IOException where it cannot be used
   */
  public static JdbcAuditStore open(String store, ServerRole role) throws IOException {
    return (JdbcAuditStore)
        new JdbcAuditStoreFactory()
            .open(
                new AuditStoreRequest(
                    Secret.of(store),
                    AuditSection.OnFailure.REFUSE,
                    Optional.empty(),
                    role,
                    Clock.systemUTC()));
  }

  /**
   * Opens the store.
   *
   * @param journal where records wait on this machine; empty where each goes into the database
   *     before its operation goes on
   * @param needed whether a database that does not answer now is a failure
   */
  static JdbcAuditStore open(
      Connector.Opener opener, Optional<Path> journal, ServerRole role, Clock clock, boolean needed)
      throws IOException {
    WriterRow beginning =
        WriterRow.beginning(newWriter(), label(), Enums.name(role), Facts.micros(clock.instant()));
    Connector connector = new Connector(opener, beginning);
    if (needed) {
      connector.connected();
    }
    JdbcAuditStore store = new JdbcAuditStore(connector, journal, clock);
    try {
      store.keep(needed);
    } catch (IOException | RuntimeException e) {
      store.close();
      throw e;
    }
    return store;
  }

  private static long newWriter() {
    return 1 + (new SecureRandom().nextLong() >>> 17);
  }

  private static String label() {
    String host;
    try {
      host = InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      host = "unknown-host";
    }
    return Texts.storable(host + " process " + ProcessHandle.current().pid(), 255);
  }

  /** Ends the chains of processes that died, now and from time to time. */
  private void keep(boolean needed) throws IOException {
    try {
      keeper.run();
    } catch (IOException | SQLException e) {
      if (needed) {
        throw e instanceof IOException io
            ? io
            : new IOException("The audit store fails: " + Sentences.of((SQLException) e), e);
      }
      LOG.error("The audit store does not answer yet; records wait on this machine", e);
    }
    timer.scheduleWithFixedDelay(this::keepOn, 1, KEEP_SECONDS, TimeUnit.SECONDS);
  }

  private void keepOn() {
    try {
      keeper.run();
    } catch (IOException | SQLException | RuntimeException e) {
      LOG.debug("The audit store could not be looked after", e);
    }
  }

  @Override
  public void started(AuditEvent event) throws IOException {
    writer.intent(Facts.of(event));
  }

  @Override
  public Receipt begin(AuditEvent event) throws IOException {
    return writer.begin(Facts.of(event));
  }

  @Override
  public void finished(AuditEvent event) {
    writer.end(Facts.of(event));
  }

  /** Waits until all that was told before can be read. */
  void flush() throws IOException {
    writer.flush(FLUSH_SECONDS, TimeUnit.SECONDS);
    if (shipper != null) {
      shipper.flush(FLUSH_SECONDS, TimeUnit.SECONDS);
    }
  }

  @Override
  public AuditTrail trail() {
    return new TrailReader(connector::connected, this::flush);
  }

  /** The whole store, to verify and export; closing it is not needed. */
  public AuditArchive archive() {
    return new AuditArchive(connector::connected, this::flush);
  }

  /**
   * Removes what ended before a moment from the beginning of each chain, which stays verifiable.
   *
   * @throws IOException where the store does not answer; repeating finishes the job
   */
  public RetainReport retain(Instant before) throws IOException {
    return retain(before, false);
  }

  /** What {@link #retain} would remove. */
  public RetainReport retainable(Instant before) throws IOException {
    return retain(before, true);
  }

  private RetainReport retain(Instant before, boolean dryRun) throws IOException {
    if (before.isAfter(clock.instant())) {
      throw new IllegalArgumentException("only records of the past can be removed");
    }
    flush();
    try {
      return new Retention(connector.connected(), connector.beginning(), clock)
          .run(
              before,
              dryRun,
              (phase, mark) -> {
                writer.later(phase, mark);
                flush();
              });
    } catch (SQLException e) {
      throw new IOException("The audit store does not answer: " + Sentences.of(e), e);
    }
  }

  @Override
  public void close() {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    timer.shutdownNow();
    try {
      timer.awaitTermination(FLUSH_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    writer.close();
    try {
      closeJournal();
      if (tables != null) {
        tables.close();
      }
      if (connector.isConnected()) {
        endChain();
      }
      connector.close();
    } catch (IOException | SQLException e) {
      LOG.warn("The audit store closed badly; the next start mends it", e);
    }
  }

  private void closeJournal() throws IOException, SQLException {
    if (shipper == null || journal == null || spool == null) {
      return;
    }
    boolean shipped = shipper.finish();
    journal.close();
    if (shipped) {
      Shipper.sync(connector.connected());
      spool.removeOwn();
    }
    spool.close();
  }

  /** A chain without open intents needs nobody to end it. */
  private void endChain() throws SQLException, IOException {
    connector
        .connected()
        .change(
            connection -> {
              Optional<WriterRow> row = Tables.writer(connection, connector.writer());
              if (row.isPresent() && row.get().openFrom() > row.get().headSequence()) {
                Tables.close(connection, connector.writer(), connector.writer());
              }
              return connection;
            });
  }
}
