package io.diskmap.spi;

import io.diskmap.FileMetadata;
import io.diskmap.StorageException;
import java.util.List;

/**
 * The entries of a listing, one at a time, sorted by UTF-8 bytes of the whole path (clause L2).
 *
 * <p>For one thread.
 */
public interface EntryCursor extends AutoCloseable {
  /** Moves to the next entry; false at the end. */
  boolean next() throws StorageException;

  /** The entry that {@link #next} moved to; it carries size, modified and version tag. */
  FileMetadata entry();

  /** How many stored names were passed over so far: no valid paths, or no regular files. */
  long skipped();

  /** The first of those names, as {@link SkippedNames} keeps them, where the driver knows them. */
  default List<String> skippedNames() {
    return List.of();
  }

  @Override
  void close();
}
