package io.diskmap.audit.jdbc;

import java.io.IOException;
import java.util.List;

/** Where the links of one chain are made durable. One thread writes. */
interface EntryLog {
  /**
   * Keeps links that follow those before, all or none of them.
   *
   * @param durable whether they survive a power cut when this returns; else soon after
   * @throws IOException where they may be kept or not; {@link #settle} tells
   */
  void append(List<ChainEntry> entries, boolean durable) throws IOException;

  /** Whether links that {@link #append} failed with are kept all the same. */
  boolean settle(List<ChainEntry> entries) throws IOException;
}
