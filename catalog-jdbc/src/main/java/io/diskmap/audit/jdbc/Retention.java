package io.diskmap.audit.jdbc;

import io.diskmap.audit.jdbc.ChainEntry.Phase;
import io.diskmap.jdbc.internal.Database;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Removes the oldest links of each chain, and says so in the chain of this process first: a mark
 * names where every chain was cut, so that verification tells retention from a deletion. For one
 * thread.
 *
 * <p>A chain is cut before its first link that is young or whose operation is open. A mark that is
 * not followed by its removal, after a kill, says nothing wrong: what is there is verified.
 */
final class Retention {
  /** The mark with the cuts of all chains. */
  static final String REMOVED = "records_removed";

  private static final int WINDOW = 5000;

  private final Database database;
  private final WriterRow own;
  private final Clock clock;

  /** Where a chain is cut: its row, the last link that goes, and how many links go. */
  private record Cut(WriterRow row, ChainHead last, long links) {}

  /** Keeps a mark durably. */
  @FunctionalInterface
  interface Marks {
    void keep(Phase phase, Facts mark) throws IOException;
  }

  Retention(Database database, WriterRow own, Clock clock) {
    this.database = database;
    this.own = own;
    this.clock = clock;
  }

  RetainReport run(Instant before, boolean dryRun, Marks marks) throws SQLException, IOException {
    List<WriterRow> rows = database.call(Tables::writers);
    List<Cut> cuts = new ArrayList<>();
    for (WriterRow row : rows) {
      Cut cut = cut(row, Facts.micros(before));
      if (cut != null) {
        cuts.add(cut);
      }
    }
    if (!dryRun && !cuts.isEmpty()) {
      marks.keep(Phase.MARK, mark(rows, cuts, before));
      for (Cut cut : cuts) {
        remove(cut);
      }
    }
    long links = cuts.stream().mapToLong(Cut::links).sum();
    return new RetainReport(before, cuts.size(), links, dryRun);
  }

  private @Nullable Cut cut(WriterRow row, long before) throws SQLException {
    boolean ended = row.closedBy().isPresent();
    long end = ended ? row.headSequence() : Math.min(row.headSequence(), row.openFrom() - 1);
    ChainEntry last = null;
    for (long from = row.firstSequence(); from <= end; from += WINDOW) {
      long first = from;
      long until = Math.min(from + WINDOW - 1, end);
      for (ChainEntry entry :
          database.call(connection -> Tables.window(connection, row.writer(), first, until))) {
        Facts facts = entry.facts();
        Long complete = facts.streamComplete();
        if (Math.max(facts.streamStart(), complete == null ? 0 : complete) >= before) {
          return cut(row, last);
        }
        last = entry;
      }
    }
    return cut(row, last);
  }

  private static @Nullable Cut cut(WriterRow row, @Nullable ChainEntry last) {
    return last == null
        ? null
        : new Cut(
            row,
            ChainHead.of(row.writer(), last.sequence(), last.hash()),
            last.sequence() - row.firstSequence() + 1);
  }

  /** Every chain's cut, the earlier ones too, since the marks that named them may go. */
  private Facts mark(List<WriterRow> rows, List<Cut> cuts, Instant before) {
    Map<Long, ChainHead> all = new LinkedHashMap<>();
    for (WriterRow row : rows) {
      if (row.firstSequence() > 1) {
        all.put(
            row.writer(), ChainHead.of(row.writer(), row.firstSequence() - 1, row.firstPrevious()));
      }
    }
    cuts.forEach(cut -> all.put(cut.row().writer(), cut.last()));
    String text = all.values().stream().map(ChainHead::toString).collect(Collectors.joining(" "));
    return Facts.mark(
        REMOVED,
        own.role(),
        Facts.micros(clock.instant()),
        MetadataText.json(Map.of("before", before.toString(), "by", own.label(), "cuts", text)));
  }

  private void remove(Cut cut) throws SQLException {
    WriterRow row = cut.row();
    long last = cut.last().sequence();
    boolean whole =
        last == row.headSequence() && row.closedBy().isPresent() && row.writer() != own.writer();
    database.change(
        connection -> {
          Tables.remove(connection, row.writer(), row.firstSequence(), last);
          if (whole) {
            Tables.removeWriter(connection, row.writer());
          } else {
            Tables.moveStart(connection, row.writer(), last + 1, cut.last().hashBytes());
          }
          return connection;
        });
  }
}
