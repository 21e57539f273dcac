package io.diskmap.internal.pipeline;

import io.diskmap.Content;
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
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Moves whole trees between a local directory and a storage, several files at once.
 *
 * <p>Stateless. No link is followed on either side.
 */
final class Trees {
  private static final int PARALLEL = 16;

  private Trees() {}

  static TreeReport save(
      Storage storage, Path directory, String prefix, SaveOptions options, ExecutorService threads)
      throws StorageException {
    if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
      throw StorageException.of(
          ErrorKind.LOCAL_IO, "The local source is not a directory, or is a link to one.");
    }
    StoragePath below = StoragePath.prefix(prefix);
    AtomicLong files = new AtomicLong();
    AtomicLong bytes = new AtomicLong();
    AtomicLong links = new AtomicLong();
    try (BoundedTasks tasks = new BoundedTasks(threads, PARALLEL)) {
      Files.walkFileTree(
          directory,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                throws IOException {
              if (!attributes.isRegularFile()) {
                links.incrementAndGet();
                return FileVisitResult.CONTINUE;
              }
              StoragePath path = below.resolve(relative(directory, file));
              tasks.submit(
                  () -> {
                    FileMetadata saved = storage.save(path.value(), Content.of(file), options);
                    files.incrementAndGet();
                    bytes.addAndGet(saved.size());
                  });
              return FileVisitResult.CONTINUE;
            }
          });
      tasks.await();
    } catch (StorageException e) {
      throw e;
    } catch (IOException e) {
      throw StorageException.of(ErrorKind.LOCAL_IO, "The local tree cannot be read.", e);
    }
    return new TreeReport(files.get(), bytes.get(), links.get());
  }

  private static StoragePath relative(Path directory, Path file) throws StorageException {
    StringBuilder text = new StringBuilder();
    for (Path segment : directory.relativize(file)) {
      text.append(text.isEmpty() ? "" : "/").append(segment);
    }
    return StoragePath.of(text.toString());
  }

  static TreeReport download(
      Storage storage,
      String prefix,
      Path directory,
      DownloadOptions options,
      ExecutorService threads)
      throws StorageException {
    StoragePath below = StoragePath.prefix(prefix);
    AtomicLong files = new AtomicLong();
    AtomicLong bytes = new AtomicLong();
    try (BoundedTasks tasks = new BoundedTasks(threads, PARALLEL);
        Listing listing = storage.list(prefix, ListOptions.defaults().withCall(options.call()))) {
      for (FileMetadata file : listing) {
        Path target = safeTarget(directory, file.path().relativeTo(below));
        tasks.submit(
            () -> {
              bytes.addAndGet(storage.downloadTo(file.path().value(), target, options).bytes());
              files.incrementAndGet();
            });
      }
      tasks.await();
    } catch (UncheckedIOException e) {
      throw e.getCause() instanceof StorageException cause
          ? cause
          : StorageException.of(ErrorKind.UNKNOWN, "The listing failed.", e);
    }
    return new TreeReport(files.get(), bytes.get(), 0);
  }

  /** The local place of a path; refused where a directory on the way is a link. */
  private static Path safeTarget(Path directory, StoragePath path) throws StorageException {
    Path at = directory;
    for (String segment : path.segments()) {
      if (!at.equals(directory) && Files.isSymbolicLink(at)) {
        throw StorageException.of(
            ErrorKind.LOCAL_IO,
            "A directory of the local target is a link, which is not followed; remove it.");
      }
      at = at.resolve(segment);
    }
    return at;
  }
}
