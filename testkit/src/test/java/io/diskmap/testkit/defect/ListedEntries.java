package io.diskmap.testkit.defect;

import io.diskmap.FileMetadata;
import io.diskmap.StorageException;
import io.diskmap.spi.EntryCursor;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A cursor over a finished list. For one thread. */
final class ListedEntries implements EntryCursor {
  private final Iterator<FileMetadata> entries;
  private @Nullable FileMetadata entry;

  ListedEntries(List<FileMetadata> entries) {
    this.entries = entries.iterator();
  }

  /** All that a cursor gives. */
  static List<FileMetadata> of(EntryCursor cursor) throws StorageException {
    List<FileMetadata> all = new ArrayList<>();
    try (cursor) {
      while (cursor.next()) {
        all.add(cursor.entry());
      }
    }
    return all;
  }

  @Override
  public boolean next() {
    entry = entries.hasNext() ? entries.next() : null;
    return entry != null;
  }

  @Override
  public FileMetadata entry() {
    return Objects.requireNonNull(entry);
  }

  @Override
  public long skipped() {
    return 0;
  }

  @Override
  public void close() {}
}
