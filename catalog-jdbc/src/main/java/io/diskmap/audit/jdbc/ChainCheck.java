package io.diskmap.audit.jdbc;

import io.diskmap.audit.jdbc.AuditVerdict.Break;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Follows chains link by link: each writer's row first, then its links in their order. Not for use
 * by several threads.
 *
 * <p>A chain is intact when it begins at its genesis or where a mark says that retention cut it,
 * when each hash follows from the one before, and when it ends where its row, and every other chain
 * that saw its end, say.
 */
final class ChainCheck {
  private final Map<Long, WriterRow> rows = new LinkedHashMap<>();
  private final Map<Long, Break> broken = new HashMap<>();
  private final List<Seen> witnesses = new ArrayList<>();
  private final Map<Long, ChainHead> cuts = new HashMap<>();
  private @Nullable WriterRow current;
  private long next;
  private byte[] before = new byte[0];
  private long entries;

  /** Another chain's end, and who says so. */
  private record Seen(ChainHead head, String by) {}

  /** Gives the hash of a link, or nothing where it is not there. */
  @FunctionalInterface
  interface Links {
    Optional<byte[]> hash(long writer, long sequence);
  }

  /** Goes on with the next chain. */
  void begin(WriterRow row) {
    rows.put(row.writer(), row);
    current = row;
    next = row.firstSequence();
    before = row.firstPrevious();
    if (next == 1 && !Arrays.equals(before, ChainEntry.genesis(row.writer()))) {
      fail(1, null, "The chain does not begin as the chains of this store do.");
    }
  }

  /** Looks at the next link of the chain; whether it is worth while to go on with this chain. */
  boolean add(ChainEntry entry) {
    WriterRow row = current;
    if (row == null || broken.containsKey(row.writer())) {
      return false;
    }
    entries++;
    String id = entry.facts().eventId();
    if (entry.sequence() > next) {
      fail(next, null, "The record is missing; the next one that is there is " + entry.sequence());
    } else if (entry.sequence() < next) {
      fail(entry.sequence(), id, "The record is there twice");
    } else if (!Arrays.equals(entry.expectedHash(before), entry.hash())) {
      fail(next, id, "The record is not as it was written, or the one before it was replaced");
    } else {
      if (entry.phase() == ChainEntry.Phase.MARK) {
        note(row, entry);
      }
      before = entry.hash();
      next++;
      return true;
    }
    return false;
  }

  private void note(WriterRow row, ChainEntry mark) {
    Map<String, String> facts = MetadataText.parse(mark.facts().metadata());
    String heads = facts.get("heads");
    if (heads != null) {
      ChainHead.parseAll(heads).forEach(head -> witnesses.add(new Seen(head, row.name())));
    }
    String removed = facts.get("cuts");
    if (removed != null) {
      for (ChainHead cut : ChainHead.parseAll(removed)) {
        ChainHead known = cuts.get(cut.id());
        if (known == null || known.sequence() < cut.sequence()) {
          cuts.put(cut.id(), cut);
        }
      }
    }
  }

  /** The chain has no further links. */
  void end() {
    WriterRow row = current;
    current = null;
    if (row == null || broken.containsKey(row.writer())) {
      return;
    }
    if (next <= row.headSequence()) {
      current = row;
      fail(next, null, "The record is missing; the chain went on to " + row.headSequence());
    } else if (next == row.headSequence() + 1 && !Arrays.equals(before, row.headHash())) {
      current = row;
      fail(row.headSequence(), null, "The chain does not end as its anchor says");
    }
    current = null;
  }

  /** Notes a break that was found in another way. */
  void fail(long writer, long sequence, String what) {
    broken.merge(
        writer,
        new Break(ChainEntry.name(writer), sequence, Optional.empty(), what),
        (known, found) -> known.sequence() <= found.sequence() ? known : found);
  }

  private void fail(long sequence, @Nullable String eventId, String what) {
    WriterRow row = current;
    if (row != null) {
      broken.putIfAbsent(
          row.writer(), new Break(row.name(), sequence, Optional.ofNullable(eventId), what));
    }
  }

  /** Compares the ends with what other chains saw, and with heads that were kept elsewhere. */
  AuditVerdict verdict(List<ChainHead> kept, Links links) {
    for (WriterRow row : rows.values()) {
      ChainHead cut = cuts.get(row.writer());
      boolean isCut = row.firstSequence() > 1;
      boolean told =
          cut != null
              && cut.sequence() == row.firstSequence() - 1
              && Arrays.equals(cut.hashBytes(), row.firstPrevious());
      if (isCut && !told) {
        fail(
            row.writer(),
            1,
            "The records before %d are missing and no mark says that retention"
                    .formatted(row.firstSequence())
                + " removed them");
      }
    }
    witnesses.forEach(seen -> require(seen.head(), "the chain of writer " + seen.by(), links));
    kept.forEach(head -> require(head, "a head that was kept elsewhere", links));
    List<Break> breaks = new ArrayList<>();
    rows.keySet().stream().map(broken::remove).forEach(found -> add(breaks, found));
    breaks.addAll(broken.values());
    return new AuditVerdict(rows.size(), entries, breaks);
  }

  private static void add(List<Break> breaks, @Nullable Break found) {
    if (found != null) {
      breaks.add(found);
    }
  }

  private void require(ChainHead head, String source, Links links) {
    WriterRow row = rows.get(head.id());
    ChainHead cut = cuts.get(head.id());
    boolean removed = cut != null && head.sequence() <= cut.sequence();
    if (head.sequence() == 0 || removed && (row == null || row.firstSequence() > head.sequence())) {
      return;
    }
    if (row == null) {
      fail(head.id(), head.sequence(), "The whole chain is missing that " + source + " names");
    } else if (row.headSequence() < head.sequence()) {
      fail(
          head.id(),
          row.headSequence() + 1,
          "The records up to %d are missing that %s names".formatted(head.sequence(), source));
    } else {
      boolean same =
          links
              .hash(head.id(), head.sequence())
              .map(hash -> Arrays.equals(hash, head.hashBytes()))
              .orElse(false);
      if (!same) {
        fail(head.id(), head.sequence(), "The record is another one than " + source + " names");
      }
    }
  }
}
