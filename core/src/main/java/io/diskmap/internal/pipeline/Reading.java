package io.diskmap.internal.pipeline;

import io.diskmap.AuditAction;
import io.diskmap.ByteRange;
import io.diskmap.CallOptions;
import io.diskmap.Download;
import io.diskmap.DownloadOptions;
import io.diskmap.DownloadReport;
import io.diskmap.ErrorKind;
import io.diskmap.FileMetadata;
import io.diskmap.PresignedUrl;
import io.diskmap.ServerRole;
import io.diskmap.StorageException;
import io.diskmap.StoragePath;
import io.diskmap.spi.PresignRequest;
import io.diskmap.spi.ReadRequest;
import io.diskmap.spi.StorageDriver;
import io.diskmap.spi.StorageReader;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * The downloads of a view, and the looks at single files.
 *
 * <p>Thread-safe.
 */
final class Reading {
  private final Disk disk;
  private final View view;
  private final StorageDriver driver;
  private final Retries retries;

  Reading(Disk disk, View view, Retries retries) {
    this.disk = disk;
    this.view = view;
    this.driver = disk.driver();
    this.retries = retries;
  }

  private Operation begin(
      String name, AuditAction action, String path, CallOptions options, boolean movesFile)
      throws StorageException {
    return Operation.begin(disk, name, action, view, path, options, movesFile);
  }

  Download download(String path, DownloadOptions options) throws StorageException {
    return open("download", path, options, ReadRequest.Access.SEQUENTIAL);
  }

  private Download open(
      String name, String path, DownloadOptions options, ReadRequest.Access access)
      throws StorageException {
    Operation operation =
        begin(name, AuditAction.FILE_DOWNLOADED_VIA_STREAM, path, options.call(), true);
    try {
      StoragePath source = view.file(path);
      ReadRequest request =
          new ReadRequest(options.range(), options.ifMatch(), access, operation.call());
      StorageReader first = driver.openRead(source, request);
      FileMetadata shown = operation.about(view, first.metadata());
      return new Download(
          new ResumingReader(
              driver, retries, operation, source, request, options.call(), first, shown));
    } catch (StorageException e) {
      throw operation.fail(e);
    } catch (RuntimeException | Error e) {
      operation.fail(StorageException.of(ErrorKind.UNKNOWN, "The download failed.", e));
      throw e;
    }
  }

  DownloadReport downloadTo(String path, Path target, DownloadOptions options)
      throws StorageException {
    if (disk.settings().role() == ServerRole.WEB) {
      Operation refused =
          begin("downloadTo", AuditAction.FILE_DOWNLOADED_VIA_STREAM, path, options.call(), true);
      throw refused.fail(
          StorageException.of(
              ErrorKind.READ_ONLY,
              "Role web writes no local file; stream the content with download instead."));
    }
    if (!options.range().isAll()) {
      throw new IllegalArgumentException("downloadTo gives whole files; use download for a range");
    }
    boolean tells = driver.tellsAllOnOpen();
    Optional<FileMetadata> told = tells ? Optional.empty() : Optional.of(metadata(path));
    String source = disk.settings().name() + "\n" + view.recorded(path);
    return new LocalFile(target, source, disk.threads())
        .fill(
            told,
            options,
            (offset, pinned) -> {
              DownloadOptions from = options.withRange(ByteRange.from(offset));
              boolean pins = pinned.isPresent() && options.ifMatch().isEmpty();
              return open(
                  "downloadTo",
                  path,
                  pins ? from.withIfMatch(pinned.get().versionTag()) : from,
                  tells ? ReadRequest.Access.WHOLE : ReadRequest.Access.SEQUENTIAL);
            });
  }

  SeekableByteChannel openChannel(String path) throws StorageException {
    return new SeekableReader(
        options -> open("openChannel", path, options, ReadRequest.Access.RANDOM));
  }

  boolean exists(String path) throws StorageException {
    Operation operation =
        begin("exists", AuditAction.METADATA_READ, path, CallOptions.defaults(), false);
    return operation.complete(
        () -> {
          try {
            driver.stat(view.file(path), operation.call());
            return true;
          } catch (StorageException e) {
            if (e.kind() == ErrorKind.NOT_FOUND) {
              return false;
            }
            throw e;
          }
        });
  }

  FileMetadata metadata(String path) throws StorageException {
    Operation operation =
        begin("metadata", AuditAction.METADATA_READ, path, CallOptions.defaults(), false);
    return operation.complete(
        () -> operation.about(view, driver.stat(view.file(path), operation.call())));
  }

  PresignedUrl presign(PresignRequest.Access access, String path, Duration validFor)
      throws StorageException {
    boolean upload = access == PresignRequest.Access.UPLOAD;
    Operation operation =
        begin(
            upload ? "presignUpload" : "presignDownload",
            upload ? AuditAction.FILE_UPLOADED_VIA_STREAM : AuditAction.FILE_DOWNLOADED_VIA_STREAM,
            path,
            CallOptions.defaults(),
            false);
    return operation.complete(
        () -> {
          if (upload) {
            view.requireWritable();
          }
          StoragePath target = view.file(path);
          PresignRequest request = new PresignRequest(access, validFor, operation.call());
          PresignedUrl url = driver.presign(target, request);
          operation.details(Map.of("presigned_until", url.expires().toString()));
          return url;
        });
  }
}
