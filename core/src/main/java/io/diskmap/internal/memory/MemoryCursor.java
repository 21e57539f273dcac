package io.diskmap.internal.memory;

import io.diskmap.FileMetadata;
import io.diskmap.StorageException;
import io.diskmap.StoragePath;
import io.diskmap.spi.EntryCursor;
import io.diskmap.spi.ListRequest;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Walks the published files in order, each step a look-up of the next key, so that changes on the
 * way disturb nothing: a file that is there throughout comes exactly once. For one thread.
 *
 * <p>In a listing of one level a directory {@code a} stands where {@code a/} sorts. A start after a
 * path that is a directory begins behind all that is below it.
 */
final class MemoryCursor implements EntryCursor {
  private final MemoryTree tree;
  private final ListRequest request;
  private final String base;
  private String position;
  private @Nullable FileMetadata entry;

  MemoryCursor(MemoryTree tree, StoragePath prefix, ListRequest request) {
    this.tree = tree;
    this.request = request;
    this.base = prefix.isRoot() ? "" : prefix.value() + '/';
    this.position = start();
  }

  private String start() {
    if (request.startAfter().isEmpty()) {
      return base;
    }
    StoragePath token = request.startAfter().get();
    String after = token.value();
    if (request.oneLevel() && after.startsWith(base)) {
      int slash = after.indexOf('/', base.length());
      if (slash >= 0) {
        after = behind(after.substring(0, slash + 1));
      } else if (tree.isDirectory(token)) {
        after = behind(after + '/');
      }
    }
    return StoragePath.compareUtf8(after, base) > 0 ? after : base;
  }

  /** A text after all that begins with this directory and before all that follows. */
  private static String behind(String directory) {
    return directory + Character.toString(Character.MAX_CODE_POINT).repeat(64);
  }

  @Override
  public boolean next() throws StorageException {
    request.call().check();
    Map.Entry<String, MemoryFile> found = tree.after(position);
    if (found == null || !found.getKey().startsWith(base)) {
      entry = null;
      return false;
    }
    String path = found.getKey();
    int slash = request.oneLevel() ? path.indexOf('/', base.length()) : -1;
    if (slash >= 0) {
      entry = FileMetadata.directory(StoragePath.of(path.substring(0, slash)));
      position = behind(path.substring(0, slash + 1));
    } else {
      entry = found.getValue().listed(StoragePath.of(path));
      position = path;
    }
    return true;
  }

  @Override
  public FileMetadata entry() {
    FileMetadata current = entry;
    if (current == null) {
      throw new IllegalStateException("the cursor stands on no entry");
    }
    return current;
  }

  @Override
  public long skipped() {
    return 0;
  }

  @Override
  public void close() {}
}
