package io.diskmap.local;

import io.diskmap.FileMetadata;
import io.diskmap.StorageException;
import io.diskmap.StoragePath;
import io.diskmap.spi.EntryCursor;
import io.diskmap.spi.ListRequest;
import io.diskmap.spi.tree.TreeCursor;
import java.util.List;
import java.util.Optional;

/**
 * The listing of a local tree: the order of {@link TreeCursor} over {@link LocalLister}. For one
 * thread.
 */
final class LocalCursor implements EntryCursor {
  private final TreeCursor tree;

  LocalCursor(Disk disk, StoragePath prefix, ListRequest request) throws StorageException {
    Optional<LocalLister> top = LocalLister.open(disk, prefix);
    this.tree = new TreeCursor(top, prefix, request);
  }

  @Override
  public boolean next() throws StorageException {
    return tree.next();
  }

  @Override
  public FileMetadata entry() {
    return tree.entry();
  }

  @Override
  public long skipped() {
    return tree.skipped();
  }

  @Override
  public List<String> skippedNames() {
    return tree.skippedNames();
  }

  @Override
  public void close() {
    tree.close();
  }
}
