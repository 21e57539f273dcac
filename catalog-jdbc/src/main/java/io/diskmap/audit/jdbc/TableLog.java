package io.diskmap.audit.jdbc;

import io.diskmap.jdbc.internal.Database;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The chain of one writer in the database, on a connection of its own: each call is one
 * transaction. For one thread.
 */
final class TableLog implements EntryLog, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(TableLog.class);
  private static final int STALL_MILLIS = (int) TimeUnit.SECONDS.toMillis(8);

  private final Database database;
  private final OpenIntents open = new OpenIntents();
  private final long keepOpenFrom;
  private @Nullable Connection connection;

  /**
   * The log of a chain that this process writes from its start ({@code keepOpenFrom} 0), or of one
   * that it ends for another, where intents from that number on count as open.
   */
  TableLog(Database database, long keepOpenFrom) {
    this.database = database;
    this.keepOpenFrom = keepOpenFrom;
  }

  @Override
  public void append(List<ChainEntry> entries, boolean durable) throws IOException {
    ChainEntry last = entries.get(entries.size() - 1);
    try (Database.Hold held = database.hold()) {
      Connection to = connection();
      Tables.insert(to, entries);
      open.add(entries);
      long from = keepOpenFrom > 0 ? keepOpenFrom : open.from(last.sequence() + 1);
      Tables.moveHead(to, entries.get(0).sequence() - 1, last, from);
      to.commit();
    } catch (SQLException e) {
      drop();
      throw new IOException("The audit store does not take records: " + Sentences.of(e), e);
    } catch (RuntimeException e) {
      drop();
      throw new IOException(
          "The audit store does not take records: " + e.getClass().getSimpleName() + ".", e);
    }
  }

  @Override
  public boolean settle(List<ChainEntry> entries) throws IOException {
    ChainEntry last = entries.get(entries.size() - 1);
    Optional<WriterRow> row = row(last.writer());
    return row.isPresent()
        && row.get().headSequence() == last.sequence()
        && Arrays.equals(row.get().headHash(), last.hash());
  }

  /** The row of a writer as it is now. */
  Optional<WriterRow> row(long writer) throws IOException {
    try {
      Connection from = connection();
      Optional<WriterRow> row = Tables.writer(from, writer);
      from.commit();
      return row;
    } catch (SQLException e) {
      drop();
      throw new IOException("The audit store does not answer.", e);
    }
  }

  private Connection connection() throws SQLException {
    Connection current = connection;
    if (current == null) {
      current = database.connect();
      connection = current;
      current.setNetworkTimeout(Runnable::run, STALL_MILLIS);
    }
    return current;
  }

  private void drop() {
    Connection current = connection;
    connection = null;
    if (current != null) {
      try {
        current.close();
      } catch (SQLException e) {
        LOG.debug("A broken connection to the audit store closed badly", e);
      }
    }
  }

  @Override
  public void close() {
    drop();
  }
}
