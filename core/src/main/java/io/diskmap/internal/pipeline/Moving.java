package io.diskmap.internal.pipeline;

import io.diskmap.AuditAction;
import io.diskmap.Content;
import io.diskmap.DownloadOptions;
import io.diskmap.FileMetadata;
import io.diskmap.SaveOptions;
import io.diskmap.Storage;
import io.diskmap.StorageException;
import io.diskmap.StoragePath;
import io.diskmap.spi.StorageDriver;
import io.diskmap.spi.WriteRequest;
import java.util.Map;
import java.util.OptionalLong;

/**
 * Copies and moves inside a view.
 *
 * <p>Thread-safe.
 */
final class Moving {
  private final Disk disk;
  private final View view;
  private final StorageDriver driver;
  private final WriteRequests requests;

  Moving(Disk disk, View view) {
    this.disk = disk;
    this.view = view;
    this.driver = disk.driver();
    this.requests = new WriteRequests(disk);
  }

  FileMetadata copy(String source, String target, SaveOptions options) throws StorageException {
    return transfer("copy", AuditAction.FILE_COPIED, source, target, options);
  }

  FileMetadata move(String source, String target, SaveOptions options) throws StorageException {
    return transfer("move", AuditAction.FILE_MOVED, source, target, options);
  }

  /** Copies a file to another storage through this process. */
  FileMetadata copyTo(
      Reading reading, String source, Storage target, String targetPath, SaveOptions options)
      throws StorageException {
    FileMetadata from = reading.metadata(source);
    SaveOptions kept = options;
    if (kept.contentType().isEmpty() && from.contentType().isPresent()) {
      kept = kept.withContentType(from.contentType().get());
    }
    if (kept.attributes().isEmpty()) {
      kept = kept.withAttributes(from.attributes());
    }
    DownloadOptions pinned =
        from.versionTag().strong()
            ? DownloadOptions.defaults().withIfMatch(from.versionTag())
            : DownloadOptions.defaults();
    Content content = Content.of(() -> reading.download(source, pinned), from.size());
    return target.save(targetPath, content, kept);
  }

  private FileMetadata transfer(
      String name, AuditAction action, String source, String target, SaveOptions options)
      throws StorageException {
    Operation operation = Operation.begin(disk, name, action, view, source, options.call(), true);
    operation.details(Map.of("target", view.recorded(target)));
    return operation.complete(
        () -> {
          view.requireWritable();
          StoragePath from = view.file(source);
          StoragePath to = view.file(target);
          if (from.equals(to)) {
            return operation.about(view, driver.stat(from, operation.call()));
          }
          WriteRequest request = requests.of(to, OptionalLong.empty(), options, operation.call());
          return operation.about(
              view,
              action == AuditAction.FILE_COPIED
                  ? driver.copy(from, to, request)
                  : driver.move(from, to, request));
        });
  }
}
