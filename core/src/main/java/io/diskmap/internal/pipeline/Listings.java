package io.diskmap.internal.pipeline;

import io.diskmap.AuditAction;
import io.diskmap.ErrorKind;
import io.diskmap.FileMetadata;
import io.diskmap.ListOptions;
import io.diskmap.ListPage;
import io.diskmap.Listing;
import io.diskmap.StorageException;
import io.diskmap.StoragePath;
import io.diskmap.Usage;
import io.diskmap.spi.ListRequest;
import io.diskmap.spi.StorageDriver;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The listings of a view, and what is counted from them.
 *
 * <p>Thread-safe.
 */
final class Listings {
  private static final int PAGE_HINT = 1000;

  private final Disk disk;
  private final View view;
  private final StorageDriver driver;
  private final Retries retries;

  Listings(Disk disk, View view, Retries retries) {
    this.disk = disk;
    this.view = view;
    this.driver = disk.driver();
    this.retries = retries;
  }

  Listing list(String prefix, ListOptions options) throws StorageException {
    return new Listing(cursor("list", prefix, options, Long.MAX_VALUE));
  }

  private CheckedCursor cursor(String name, String prefix, ListOptions options, long limit)
      throws StorageException {
    Operation operation =
        Operation.begin(disk, name, AuditAction.LISTING_READ, view, prefix, options.call(), true);
    try {
      Optional<StoragePath> after = Optional.empty();
      if (options.startAfter().isPresent()) {
        after = Optional.of(view.scope().resolve(options.startAfter().get()));
      }
      ListRequest request = new ListRequest(options.oneLevel(), after, limit, operation.call());
      return new CheckedCursor(
          driver, retries, operation, view.prefix(prefix), request, view.scope());
    } catch (StorageException e) {
      throw operation.fail(e);
    } catch (RuntimeException | Error e) {
      operation.fail(StorageException.of(ErrorKind.UNKNOWN, "The listing failed.", e));
      throw e;
    }
  }

  ListPage listPage(String prefix, ListOptions options) throws StorageException {
    try (CheckedCursor cursor = cursor("listPage", prefix, options, options.limit() + 1L)) {
      List<FileMetadata> entries = new ArrayList<>(Math.min(options.limit(), PAGE_HINT));
      boolean more = false;
      while (!more && cursor.next()) {
        if (entries.size() == options.limit()) {
          more = true;
        } else {
          entries.add(cursor.entry());
        }
      }
      Optional<StoragePath> next =
          more ? Optional.of(entries.get(entries.size() - 1).path()) : Optional.empty();
      return new ListPage(entries, next, cursor.skipped());
    }
  }

  Usage usage(String prefix) throws StorageException {
    try (CheckedCursor cursor = cursor("usage", prefix, ListOptions.defaults(), Long.MAX_VALUE)) {
      long files = 0;
      long bytes = 0;
      while (cursor.next()) {
        files++;
        bytes += cursor.entry().size();
      }
      return new Usage(files, bytes);
    }
  }
}
