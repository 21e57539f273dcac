package io.diskmap;

import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/**
 * What an operator does with a workspace as a whole: see what it holds, and clean up what nobody
 * fetched.
 *
 * <p>Thread-safe and immutable; it stands on a storage, with its scope, rights and caller.
 */
public final class Workspace {
  private final Storage storage;

  private Workspace(Storage storage) {
    this.storage = storage;
  }

  /** The files of this storage as a workspace. */
  public static Workspace of(Storage storage) {
    return new Workspace(storage);
  }

  /** The storage that it stands on. */
  public Storage storage() {
    return storage;
  }

  /**
   * Counts files and bytes in one walk: in all, by top directory, and by age on the store's clock.
   *
   * <p>Missing prefix: all zero. Files that come and go meanwhile are counted or not.
   */
  public WorkspaceUsage usage(String prefix) throws StorageException {
    Instant now = storeTime();
    StoragePath root = StoragePath.prefix(prefix);
    long files = 0;
    long bytes = 0;
    TreeMap<String, Usage> directories = new TreeMap<>(StoragePath::compareUtf8);
    List<WorkspaceUsage.AgeBand> bands = new ArrayList<>(WorkspaceUsage.AgeBand.EMPTY);
    try (Listing listing = storage.list(prefix)) {
      for (FileMetadata file : listing) {
        files++;
        bytes += file.size();
        Usage one = new Usage(1, file.size());
        directories.merge(topDirectory(file.path().relativeTo(root)), one, Usage::plus);
        Duration age = Duration.between(file.modified(), now);
        bands.replaceAll(band -> band.holds(age) ? band.plus(one) : band);
      }
    } catch (UncheckedIOException e) {
      if (e.getCause() instanceof StorageException failure) {
        throw failure;
      }
      throw e;
    }
    return new WorkspaceUsage(new Usage(files, bytes), directories, bands, now);
  }

  private static String topDirectory(StoragePath below) {
    int slash = below.value().indexOf('/');
    return slash < 0 ? "" : below.value().substring(0, slash);
  }

  /** The store's clock, by which its files have their ages. */
  public Instant storeTime() throws StorageException {
    Health health = storage.health();
    if (health.problem().isPresent()) {
      throw health.problem().get();
    }
    try {
      return Instant.parse(health.details().getOrDefault("store_time", ""));
    } catch (DateTimeParseException e) {
      throw StorageException.of(
          ErrorKind.UNSUPPORTED, "The disk does not tell the time of its store.", e);
    }
  }

  /** Deletes what is old below a prefix; see {@link Storage#cleanup(String, CleanupOptions)}. */
  public CleanupReport cleanup(String prefix, CleanupOptions options) throws StorageException {
    return storage.cleanup(prefix, options);
  }
}
