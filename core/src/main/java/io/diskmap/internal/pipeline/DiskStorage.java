package io.diskmap.internal.pipeline;

import io.diskmap.AuditAction;
import io.diskmap.ByteRange;
import io.diskmap.CallContext;
import io.diskmap.CallOptions;
import io.diskmap.Capabilities;
import io.diskmap.ChecksumAlgorithm;
import io.diskmap.CleanupOptions;
import io.diskmap.CleanupReport;
import io.diskmap.Content;
import io.diskmap.ContentWriter;
import io.diskmap.DeleteOptions;
import io.diskmap.DeleteReport;
import io.diskmap.Download;
import io.diskmap.DownloadOptions;
import io.diskmap.DownloadReport;
import io.diskmap.Durability;
import io.diskmap.ErrorKind;
import io.diskmap.FileMetadata;
import io.diskmap.Health;
import io.diskmap.ListOptions;
import io.diskmap.ListPage;
import io.diskmap.Listing;
import io.diskmap.PresignedUrl;
import io.diskmap.SaveOptions;
import io.diskmap.ServerRole;
import io.diskmap.StagedUpload;
import io.diskmap.Storage;
import io.diskmap.StorageException;
import io.diskmap.StorageInfo;
import io.diskmap.StoragePath;
import io.diskmap.TreeReport;
import io.diskmap.Upload;
import io.diskmap.Usage;
import io.diskmap.WriteCondition;
import io.diskmap.spi.Call;
import io.diskmap.spi.DeleteRequest;
import io.diskmap.spi.ListRequest;
import io.diskmap.spi.PresignRequest;
import io.diskmap.spi.ReadRequest;
import io.diskmap.spi.StorageDriver;
import io.diskmap.spi.StorageReader;
import io.diskmap.spi.StorageWriter;
import io.diskmap.spi.UploadId;
import io.diskmap.spi.WriteRequest;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A view of one disk: validates, observes, bounds and retries, and leaves the protocol to the
 * driver.
 *
 * <p>Thread-safe and immutable; every view of a disk shares its sessions.
 */
public final class DiskStorage implements Storage {
  private static final int PAGE_HINT = 1000;

  private final Disk disk;
  private final StorageDriver driver;
  private final Retries retries;
  private final View view;

  private DiskStorage(Disk disk, View view) {
    this.disk = disk;
    this.view = view;
    this.driver = disk.driver();
    this.retries = new Retries(disk.settings().attempts(), disk.calls());
  }

  /** The whole disk; retries, and a metadata cache where the disk has one, go around its driver. */
  public static DiskStorage of(Disk disk) {
    StorageDriver stacked =
        cached(
            new RetryingDriver(
                disk.driver(), new Retries(disk.settings().attempts(), disk.calls())),
            disk.settings());
    Disk wrapped =
        new Disk(
            disk.settings(),
            stacked,
            disk.chunks(),
            disk.calls(),
            disk.audit(),
            disk.listener(),
            disk.clock(),
            disk.threads());
    return new DiskStorage(
        wrapped, new View(StoragePath.root(), disk.settings().readOnly(), CallContext.none()));
  }

  private static StorageDriver cached(StorageDriver driver, DiskSettings settings) {
    return settings.metadataTtl().isZero()
        ? driver
        : new CachingDriver(driver, settings.metadataTtl());
  }

  private Operation begin(
      String name, AuditAction action, String path, CallOptions options, boolean movesFile)
      throws StorageException {
    return Operation.begin(disk, name, action, view, path, options, movesFile);
  }

  // ---- saving

  @Override
  public FileMetadata save(String path, Content content, SaveOptions options)
      throws StorageException {
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
          WriteRequest request = writeRequest(target, content.length(), options, operation.call());
          SavePump pump = new SavePump(driver, disk.chunks(), operation, options, request);
          FileMetadata saved =
              content.isReplayable()
                  ? retries.run(operation.call(), () -> pump.save(target, content))
                  : pump.save(target, content);
          operation.call().effect();
          return finished(operation, saved);
        });
  }

  private FileMetadata finished(Operation operation, FileMetadata saved) {
    FileMetadata shown = view.shown(ContentTypes.fill(saved));
    operation.about(shown);
    return shown;
  }

  @Override
  public FileMetadata write(String path, SaveOptions options, ContentWriter writer)
      throws StorageException {
    return WrittenSave.run(this, path, options, writer, disk.threads());
  }

  private WriteRequest writeRequest(
      StoragePath target, OptionalLong length, SaveOptions options, Call call)
      throws StorageException {
    Capabilities can = driver.capabilities();
    requireCondition(options.condition(), can);
    Durability durability =
        options.durability().or(() -> disk.settings().durability()).orElse(can.durability());
    if (durability.compareTo(can.durability()) > 0) {
      throw StorageException.of(
          ErrorKind.UNSUPPORTED,
          "The disk cannot promise durability '%s'; the most it has is '%s'."
              .formatted(
                  durability.name().toLowerCase(Locale.ROOT),
                  can.durability().name().toLowerCase(Locale.ROOT)));
    }
    Set<ChecksumAlgorithm> record = EnumSet.noneOf(ChecksumAlgorithm.class);
    if (disk.settings().recordChecksum() || options.recordChecksum()) {
      record.add(ChecksumAlgorithm.CRC32C);
    }
    if (options.computeSha256()) {
      record.add(ChecksumAlgorithm.SHA256);
    }
    Optional<String> type =
        options.contentType().filter(t -> !t.equals(ContentTypes.ofName(target.name())));
    return new WriteRequest(
        options.writeId().orElseGet(DiskStorage::newWriteId),
        length.isPresent() ? length : options.expectedLength(),
        options.condition(),
        durability,
        type,
        options.attributes(),
        record,
        options.expectedChecksum(),
        call);
  }

  private static void requireCondition(WriteCondition condition, Capabilities can)
      throws StorageException {
    Capabilities.Atomicity held =
        switch (condition.kind()) {
          case NONE -> Capabilities.Atomicity.ATOMIC;
          case IF_ABSENT -> can.createCondition();
          case IF_MATCH -> can.matchCondition();
        };
    if (held == Capabilities.Atomicity.NONE) {
      throw StorageException.of(
          ErrorKind.UNSUPPORTED,
          "The disk's store cannot hold the condition %s in one step, so it is refused."
              .formatted(condition.kind()));
    }
    if (condition.tag().isPresent() && !condition.tag().get().strong()) {
      throw StorageException.of(
          ErrorKind.PRECONDITION_FAILED,
          "The version tag is weak and matches nothing; read the metadata again a moment later.");
    }
  }

  private static String newWriteId() {
    return UUID.randomUUID().toString().replace("-", "");
  }

  @Override
  public Upload beginUpload(String path, SaveOptions options) throws StorageException {
    Operation step = Operation.step(disk, "beginUpload", view, path, options.call());
    step.requireUser();
    return step.complete(
        () -> {
          view.requireWritable();
          StoragePath target = view.file(path);
          StorageWriter writer =
              driver.openWrite(
                  target, writeRequest(target, OptionalLong.empty(), options, step.call()));
          return new DriverUpload(
              disk, view.with(options.cleanupAfter()), writer, view.shown(target), options.call());
        });
  }

  @Override
  public Upload resumeUpload(String uploadId) throws StorageException {
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

  @Override
  public List<StagedUpload> uploads(Duration idleFor) throws StorageException {
    Operation step = Operation.step(disk, "uploads", view, "", CallOptions.defaults());
    return step.complete(
        () ->
            driver.uploads(idleFor, step.call()).stream()
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

  // ---- reading

  @Override
  public Download download(String path, DownloadOptions options) throws StorageException {
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
      FileMetadata shown = finished(operation, first.metadata());
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

  @Override
  public DownloadReport downloadTo(String path, Path target, DownloadOptions options)
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
    FileMetadata wanted = metadata(path);
    String source = disk.settings().name() + "\n" + view.recorded(path);
    return new LocalFile(target, source)
        .fill(
            wanted,
            options,
            (offset, pinned) -> {
              DownloadOptions from = options.withRange(ByteRange.from(offset));
              return open(
                  "downloadTo",
                  path,
                  offset > 0 && options.ifMatch().isEmpty()
                      ? from.withIfMatch(wanted.versionTag())
                      : from,
                  ReadRequest.Access.SEQUENTIAL);
            });
  }

  @Override
  public SeekableByteChannel openChannel(String path) throws StorageException {
    return new SeekableReader(
        options -> open("openChannel", path, options, ReadRequest.Access.RANDOM));
  }

  @Override
  public boolean exists(String path) throws StorageException {
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

  @Override
  public FileMetadata metadata(String path) throws StorageException {
    Operation operation =
        begin("metadata", AuditAction.METADATA_READ, path, CallOptions.defaults(), false);
    return operation.complete(
        () -> finished(operation, driver.stat(view.file(path), operation.call())));
  }

  // ---- listing

  @Override
  public Listing list(String prefix, ListOptions options) throws StorageException {
    return new Listing(cursor("list", prefix, options, Long.MAX_VALUE));
  }

  private CheckedCursor cursor(String name, String prefix, ListOptions options, long limit)
      throws StorageException {
    Operation operation = begin(name, AuditAction.LISTING_READ, prefix, options.call(), true);
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

  @Override
  public ListPage listPage(String prefix, ListOptions options) throws StorageException {
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

  @Override
  public PresignedUrl presignDownload(String path, Duration validFor) throws StorageException {
    return presign(
        "presignDownload",
        AuditAction.FILE_DOWNLOADED_VIA_STREAM,
        PresignRequest.Access.DOWNLOAD,
        path,
        validFor);
  }

  @Override
  public PresignedUrl presignUpload(String path, Duration validFor) throws StorageException {
    return presign(
        "presignUpload",
        AuditAction.FILE_UPLOADED_VIA_STREAM,
        PresignRequest.Access.UPLOAD,
        path,
        validFor);
  }

  private PresignedUrl presign(
      String name, AuditAction action, PresignRequest.Access access, String path, Duration validFor)
      throws StorageException {
    Operation operation = begin(name, action, path, CallOptions.defaults(), false);
    return operation.complete(
        () -> {
          if (access == PresignRequest.Access.UPLOAD) {
            view.requireWritable();
          }
          StoragePath target = view.file(path);
          PresignRequest request = new PresignRequest(access, validFor, operation.call());
          PresignedUrl url = driver.presign(target, request);
          operation.details(Map.of("presigned_until", url.expires().toString()));
          return url;
        });
  }

  @Override
  public Usage usage(String prefix) throws StorageException {
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

  // ---- deleting

  @Override
  public boolean delete(String path, DeleteOptions options) throws StorageException {
    Operation operation =
        begin("delete", AuditAction.FILE_DELETED_VIA_API, path, options.call(), false);
    return operation.complete(
        () -> {
          view.requireWritable();
          StoragePath target = view.file(path);
          if (options.ifMatch().isPresent() && !options.ifMatch().get().strong()) {
            throw StorageException.of(
                ErrorKind.PRECONDITION_FAILED,
                "The version tag is weak and matches nothing; read the metadata again.");
          }
          return driver.delete(target, new DeleteRequest(options.ifMatch(), operation.call()));
        });
  }

  @Override
  public DeleteReport deletePrefix(String prefix, DeleteOptions options) throws StorageException {
    Operation operation =
        begin("deletePrefix", AuditAction.PREFIX_DELETED_VIA_API, prefix, options.call(), true);
    return operation.complete(
        () -> {
          view.requireWritable();
          if (prefix.isEmpty()) {
            throw StorageException.of(
                ErrorKind.PATH_INVALID,
                "The prefix is empty; to delete every file call deleteAll.");
          }
          return deleteBelow(operation, view.prefix(prefix), options);
        });
  }

  @Override
  public DeleteReport deleteAll(DeleteOptions options) throws StorageException {
    Operation operation =
        begin("deleteAll", AuditAction.PREFIX_DELETED_VIA_API, "", options.call(), true);
    return operation.complete(
        () -> {
          view.requireWritable();
          return deleteBelow(operation, view.scope(), options);
        });
  }

  private DeleteReport deleteBelow(Operation operation, StoragePath prefix, DeleteOptions options)
      throws StorageException {
    DeleteReport report = driver.deletePrefix(prefix, options.dryRun(), operation.call());
    operation.details(
        Map.of(
            "files", Long.toString(report.files()),
            "bytes", Long.toString(report.bytes()),
            "failed", Long.toString(report.failed()),
            "dry_run", Boolean.toString(report.dryRun())));
    return report;
  }

  @Override
  public CleanupReport cleanup(String prefix, CleanupOptions options) throws StorageException {
    Operation operation =
        begin("cleanup", AuditAction.WORKSPACE_CLEANUP, prefix, options.call(), true);
    return operation.complete(
        () -> {
          view.requireWritable();
          return new Cleanup(disk, driver, operation).run(view.prefix(prefix), view, options);
        });
  }

  // ---- copying

  @Override
  public FileMetadata copy(String source, String target, SaveOptions options)
      throws StorageException {
    return transfer("copy", AuditAction.FILE_COPIED, source, target, options);
  }

  @Override
  public FileMetadata move(String source, String target, SaveOptions options)
      throws StorageException {
    return transfer("move", AuditAction.FILE_MOVED, source, target, options);
  }

  private FileMetadata transfer(
      String name, AuditAction action, String source, String target, SaveOptions options)
      throws StorageException {
    Operation operation = begin(name, action, source, options.call(), true);
    operation.details(Map.of("target", view.recorded(target)));
    return operation.complete(
        () -> {
          view.requireWritable();
          StoragePath from = view.file(source);
          StoragePath to = view.file(target);
          if (from.equals(to)) {
            return finished(operation, driver.stat(from, operation.call()));
          }
          WriteRequest request = writeRequest(to, OptionalLong.empty(), options, operation.call());
          return finished(
              operation,
              action == AuditAction.FILE_COPIED
                  ? driver.copy(from, to, request)
                  : driver.move(from, to, request));
        });
  }

  @Override
  public FileMetadata copyTo(String source, Storage target, String targetPath, SaveOptions options)
      throws StorageException {
    FileMetadata from = metadata(source);
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
    Content content = Content.of(() -> download(source, pinned), from.size());
    return target.save(targetPath, content, kept);
  }

  @Override
  public TreeReport saveTree(Path directory, String prefix, SaveOptions options)
      throws StorageException {
    return Trees.save(this, directory, prefix, options, disk.threads());
  }

  @Override
  public TreeReport downloadTree(String prefix, Path directory, DownloadOptions options)
      throws StorageException {
    return Trees.download(this, prefix, directory, options, disk.threads());
  }

  // ---- the disk itself

  @Override
  public Health health() {
    long start = System.nanoTime();
    try {
      CallOptions bounded = CallOptions.defaults().withTimeout(disk.settings().timeout());
      Operation step = Operation.step(disk, "health", view, "", bounded);
      return step.complete(() -> withStoreTime(driver.health(step.call()), step.call()));
    } catch (StorageException e) {
      return Health.failed(Duration.ofNanos(System.nanoTime() - start), e);
    }
  }

  /** The store's clock among the details, which a services server passes on to its clients. */
  private Health withStoreTime(Health health, Call call) throws StorageException {
    if (!health.healthy()) {
      return health;
    }
    Map<String, String> details = new TreeMap<>(health.details());
    details.put("store_time", driver.storeTime(call).toString());
    return Health.ok(health.roundTrip(), details);
  }

  @Override
  public StorageInfo info() {
    return new StorageInfo(
        disk.settings().name(),
        disk.settings().driver(),
        disk.settings().role(),
        driver.endpoint(),
        view.scope(),
        view.readOnly());
  }

  @Override
  public Capabilities capabilities() throws StorageException {
    return driver.capabilities();
  }

  @Override
  public Storage scoped(String prefix) throws StorageException {
    return new DiskStorage(disk, new View(view.prefix(prefix), view.readOnly(), view.context()));
  }

  @Override
  public Storage asReadOnly() {
    return new DiskStorage(disk, new View(view.scope(), true, view.context()));
  }

  @Override
  public Storage with(CallContext context) {
    return new DiskStorage(disk, new View(view.scope(), view.readOnly(), context));
  }
}
