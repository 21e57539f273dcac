package io.diskmap.audit.jdbc;

import java.io.IOException;
import java.util.List;

/** The journal as the place where a chain is made durable. For one thread. */
record JournalLog(Journal journal, Shipper shipper) implements EntryLog {
  @Override
  public void append(List<ChainEntry> entries, boolean durable) throws IOException {
    shipper.awaitRoom();
    journal.append(entries, durable);
    shipper.arrived(entries.size());
  }

  /** A failed append moved no end, so the next one writes over it. */
  @Override
  public boolean settle(List<ChainEntry> entries) {
    return false;
  }
}
