package io.diskmap.internal.pipeline;

import io.diskmap.AuditAction;
import io.diskmap.CallOptions;
import io.diskmap.Content;
import io.diskmap.ErrorKind;
import io.diskmap.FileMetadata;
import io.diskmap.SaveOptions;
import io.diskmap.StagedUpload;
import io.diskmap.StorageException;
import io.diskmap.StoragePath;
import io.diskmap.Upload;
import io.diskmap.spi.StorageDriver;
import io.diskmap.spi.StorageWriter;
import io.diskmap.spi.UploadId;
import io.diskmap.spi.WriteRequest;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The saves of a view, whole and in chunks.
 *
 * <p>Thread-safe.
 */
final class Saving {
  private final Disk disk;
  private final View view;
  private final StorageDriver driver;
  private final Retries retries;
  private final WriteRequests requests;

  Saving(Disk disk, View view, Retries retries) {
    this.disk = disk;
    this.view = view;
    this.driver = disk.driver();
    this.retries = retries;
    this.requests = new WriteRequests(disk);
  }

  FileMetadata save(String path, Content content, SaveOptions options) throws StorageException {
    Operation operation =
        Operation.beginPreparing(
            disk,
            "save",
            AuditAction.FILE_UPLOADED_VIA_STREAM,
            view.with(options.cleanupAfter()),
            path,
            options.call());
    return operation.complete(
        () -> {
          view.requireWritable();
          StoragePath target = view.file(path);
          operation.cleanupOf(target);
          WriteRequest asked = requests.of(target, content.length(), options, operation.call());
          WriteRequest request = content.isReplayable() ? asked.ofRepeatable() : asked;
          SavePump pump = new SavePump(driver, disk.chunks(), operation, options, request);
          FileMetadata saved =
              content.isReplayable()
                  ? retries.run(operation.call(), () -> pump.save(target, content))
                  : pump.save(target, content);
          operation.call().effect();
          return operation.about(view, saved);
        });
  }

  Upload beginUpload(String path, SaveOptions options) throws StorageException {
    Operation step =
        Operation.beginPart(
            disk, "beginUpload", AuditAction.FILE_UPLOADED_CHUNKED, view, path, options.call());
    return step.complete(
        () -> {
          view.requireWritable();
          StoragePath target = view.file(path);
          StorageWriter writer =
              driver.openWrite(
                  target, requests.of(target, OptionalLong.empty(), options, step.call()));
          return new DriverUpload(
              disk, view.with(options.cleanupAfter()), writer, view.shown(target), options.call());
        });
  }

  Upload resumeUpload(String uploadId) throws StorageException {
    Operation step = Operation.step(disk, "resumeUpload", view, "", CallOptions.defaults());
    return step.complete(
        () -> {
          view.requireWritable();
          StorageWriter writer = driver.resumeWrite(uploadId(uploadId), step.call());
          StoragePath path = writer.path();
          if (!path.isBelow(view.scope())) {
            writer.detach(step.call());
            writer.close();
            throw noSuchUpload(null);
          }
          return new DriverUpload(disk, view, writer, view.shown(path), CallOptions.defaults());
        });
  }

  List<StagedUpload> uploads(Duration idleFor) throws StorageException {
    Operation operation =
        Operation.begin(
            disk, "uploads", AuditAction.LISTING_READ, view, "", CallOptions.defaults(), true);
    operation.details(Map.of("of", "unfinished uploads"));
    return operation.complete(
        () ->
            driver.uploads(idleFor, operation.call()).stream()
                .filter(upload -> upload.path().isBelow(view.scope()))
                .map(u -> new StagedUpload(u.id().value(), view.shown(u.path()), u.lastActivity()))
                .toList());
  }

  private static UploadId uploadId(String text) throws StorageException {
    try {
      return new UploadId(text);
    } catch (IllegalArgumentException e) {
      throw noSuchUpload(e);
    }
  }

  private static StorageException noSuchUpload(@Nullable Throwable cause) {
    return StorageException.of(
        ErrorKind.NOT_FOUND,
        "There is no such upload: it was aborted, swept by age, or belongs to another disk.",
        cause);
  }
}
