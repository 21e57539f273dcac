package io.diskmap.cli;

import io.diskmap.DownloadOptions;
import io.diskmap.ErrorKind;
import io.diskmap.FileMetadata;
import io.diskmap.ListOptions;
import io.diskmap.Listing;
import io.diskmap.SaveOptions;
import io.diskmap.Storage;
import io.diskmap.StorageException;
import io.diskmap.StoragePath;
import io.diskmap.TreeReport;
import io.diskmap.Usage;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Copies whole trees, several files at once, with one progress for all. For one thread.
 *
 * <p>What is below the source comes to be below the target. A local tree is read once before the
 * first file moves, so that a name that no disk can hold is refused while nothing is touched.
 */
final class Trees {
  private final Session session;
  private final Terminal terminal;
  private final Meter.Style style;
  private final SaveOptions saving;
  private final int parallel;

  Trees(Session session, Terminal terminal, Meter.Style style, SaveOptions saving, int parallel) {
    this.session = session;
    this.terminal = terminal;
    this.style = style;
    this.saving = saving;
    this.parallel = parallel;
  }

  /** Saves a local tree below a prefix. */
  TreeReport save(Path source, Place.OnDisk target) throws StorageException {
    LocalTree tree = LocalTree.of(source);
    StoragePath below = StoragePath.prefix(target.prefix());
    Storage storage = session.disk(target.disk());
    Usage usage = tree.check(below);
    try (Meter meter = meter("saving", usage.bytes())) {
      SaveOptions options = saving.withCall(session.call().withProgress(meter));
      return storage.saveTree(source, below.value(), options);
    }
  }

  /** Downloads a prefix below a local directory; refused in role web. */
  TreeReport download(Place.OnDisk source, Path target) throws StorageException {
    Transfers.requireLocalFiles(session);
    Storage storage = session.disk(source.disk());
    Usage usage = requireFiles(storage, source);
    try (Meter meter = meter("downloading", usage.bytes())) {
      DownloadOptions options =
          DownloadOptions.defaults().withCall(session.call().withProgress(meter));
      return storage.downloadTree(source.prefix(), target, options);
    }
  }

  /** Copies a prefix to another one, on one disk or between two. */
  TreeReport between(Place.OnDisk source, Place.OnDisk target) throws StorageException {
    Storage from = session.disk(source.disk());
    Storage to = session.disk(target.disk());
    StoragePath above = StoragePath.prefix(source.prefix());
    StoragePath below = StoragePath.prefix(target.prefix());
    boolean same = source.disk().equals(target.disk());
    if (same && (below.equals(above) || below.isBelow(above))) {
      throw new UsageException("The target is inside the source; choose another one.");
    }
    Usage usage = requireFiles(from, source);
    AtomicLong files = new AtomicLong();
    AtomicLong bytes = new AtomicLong();
    try (Meter meter = meter("copying", usage.bytes());
        Parallel tasks = new Parallel(parallel);
        Listing listing =
            from.list(source.prefix(), ListOptions.defaults().withCall(session.call()))) {
      SaveOptions options = saving.withCall(session.call());
      for (FileMetadata file : listing) {
        String path = file.path().value();
        String copy = below.resolve(file.path().relativeTo(above)).value();
        tasks.submit(
            () -> {
              FileMetadata done =
                  same ? from.copy(path, copy, options) : from.copyTo(path, to, copy, options);
              files.incrementAndGet();
              bytes.addAndGet(done.size());
              meter.add(done.size());
            });
      }
      tasks.await();
    }
    return new TreeReport(files.get(), bytes.get(), 0);
  }

  private static Usage requireFiles(Storage storage, Place.OnDisk source) throws StorageException {
    Usage usage = storage.usage(source.prefix());
    if (usage.files() == 0) {
      throw StorageException.builder(ErrorKind.NOT_FOUND, "There is no file below the source.")
          .path(source.path(), true)
          .build();
    }
    return usage;
  }

  private Meter meter(String task, long total) {
    return Meter.of(terminal, style, task, total);
  }
}
