package io.diskmap.audit.jdbc;

import io.diskmap.audit.jdbc.ChainEntry.Phase;
import io.diskmap.jdbc.internal.Database;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends the chains of processes that died: brings in what their journals hold, gives their open
 * intents the outcome unknown, and puts their last links into the chain of this process, where a
 * deleted end shows. For one thread at a time.
 *
 * <p>A restart of the database frees every lease until its holder takes it again, so that a process
 * is taken for dead at the second look; at the start of this one at the first.
 */
final class Keeper {
  /** The mark with the last links of other chains. */
  static final String OPENED = "chain_opened";

  private static final Logger LOG = LoggerFactory.getLogger(Keeper.class);
  private static final long FLUSH_SECONDS = 30;
  private static final int WINDOW = 5000;

  private final Connector connector;
  private final GroupWriter writer;
  private final Optional<Spool> spool;
  private final Clock clock;
  private final Set<Long> suspects = new HashSet<>();
  private boolean opened;

  Keeper(Connector connector, GroupWriter writer, Optional<Spool> spool, Clock clock) {
    this.connector = connector;
    this.writer = writer;
    this.spool = spool;
    this.clock = clock;
  }

  /** Does it once; connects to the database where that is not done yet. */
  void run() throws IOException, SQLException {
    Database database = connector.connected();
    connector.renewLease();
    if (spool.isPresent()) {
      spool.get().replayOrphans(database);
    }
    boolean ended = false;
    for (WriterRow row : others(database)) {
      if (row.closedBy().isEmpty()) {
        ended |= endIfDead(database, row.writer());
      }
    }
    if (ended || !opened) {
      witness(database);
      opened = true;
    }
  }

  private List<WriterRow> others(Database database) throws SQLException {
    return database.call(Tables::writers).stream()
        .filter(row -> row.writer() != connector.writer())
        .toList();
  }

  private boolean endIfDead(Database database, long dead) throws SQLException, IOException {
    Optional<Lease> lease = Lease.tryTake(database, dead);
    if (lease.isEmpty()) {
      suspects.remove(dead);
      return false;
    }
    try (Lease held = lease.get()) {
      if (opened && suspects.add(dead)) {
        return false;
      }
      Optional<WriterRow> row = database.call(connection -> Tables.writer(connection, dead));
      if (row.isEmpty() || row.get().closedBy().isPresent() || !held.holds()) {
        return false;
      }
      OpenIntents open = open(database, row.get());
      long now = Facts.micros(clock.instant());
      for (ChainEntry intent : open.all()) {
        if (!database.call(connection -> Tables.hasEnded(connection, intent.facts()))) {
          writer.later(Phase.OUTCOME, unknown(intent, now));
        }
      }
      writer.flush(FLUSH_SECONDS, TimeUnit.SECONDS);
      database.change(
          connection -> {
            Tables.close(connection, dead, connector.writer());
            return connection;
          });
      Shipper.sync(database);
      if (!open.all().isEmpty()) {
        LOG.warn(
            "{} operations of the process {} had not ended; they are recorded with outcome unknown",
            open.all().size(),
            row.get().label());
      }
      return true;
    }
  }

  private static OpenIntents open(Database database, WriterRow row) throws SQLException {
    OpenIntents open = new OpenIntents();
    for (long from = row.openFrom(); from <= row.headSequence(); from += WINDOW) {
      long first = from;
      long last = Math.min(from + WINDOW - 1, row.headSequence());
      open.add(database.call(connection -> Tables.window(connection, row.writer(), first, last)));
    }
    return open;
  }

  private static Facts unknown(ChainEntry intent, long now) {
    Map<String, String> more = new TreeMap<>(MetadataText.parse(intent.facts().metadata()));
    more.put("intent_of", ChainEntry.name(intent.writer()) + ":" + intent.sequence());
    return intent.facts().ended("unknown", "OUTCOME_UNKNOWN", now, MetadataText.json(more));
  }

  private void witness(Database database) throws SQLException, IOException {
    StringBuilder heads = new StringBuilder();
    List<Long> ended = new ArrayList<>();
    for (WriterRow row : others(database)) {
      if (row.witnessedBy().isEmpty() && row.headSequence() > 0) {
        heads
            .append(heads.isEmpty() ? "" : " ")
            .append(row.name())
            .append(':')
            .append(row.headSequence())
            .append(':')
            .append(HexFormat.of().formatHex(row.headHash()));
      }
      if (row.witnessedBy().isEmpty() && row.closedBy().isPresent()) {
        ended.add(row.writer());
      }
    }
    WriterRow own = connector.beginning();
    Map<String, String> facts =
        heads.isEmpty()
            ? Map.of("label", own.label())
            : Map.of("label", own.label(), "heads", heads.toString());
    long now = Facts.micros(clock.instant());
    writer.later(Phase.MARK, Facts.mark(OPENED, own.role(), now, MetadataText.json(facts)));
    writer.flush(FLUSH_SECONDS, TimeUnit.SECONDS);
    database.change(
        connection -> {
          for (long one : ended) {
            Tables.witness(connection, one, connector.writer());
          }
          return connection;
        });
  }
}
