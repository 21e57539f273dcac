package io.diskmap.internal.pipeline;

import io.diskmap.CallContext;
import io.diskmap.CallOptions;
import io.diskmap.Capabilities;
import io.diskmap.CleanupOptions;
import io.diskmap.CleanupReport;
import io.diskmap.Content;
import io.diskmap.ContentWriter;
import io.diskmap.DeleteOptions;
import io.diskmap.DeleteReport;
import io.diskmap.Download;
import io.diskmap.DownloadOptions;
import io.diskmap.DownloadReport;
import io.diskmap.FileMetadata;
import io.diskmap.Health;
import io.diskmap.ListOptions;
import io.diskmap.ListPage;
import io.diskmap.Listing;
import io.diskmap.PresignedUrl;
import io.diskmap.SaveOptions;
import io.diskmap.StagedUpload;
import io.diskmap.Storage;
import io.diskmap.StorageException;
import io.diskmap.StorageInfo;
import io.diskmap.StoragePath;
import io.diskmap.TreeReport;
import io.diskmap.Upload;
import io.diskmap.Usage;
import io.diskmap.spi.Call;
import io.diskmap.spi.PresignRequest;
import io.diskmap.spi.StorageDriver;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A view of one disk: validates, observes, bounds and retries, and leaves the protocol to the
 * driver.
 *
 * <p>Thread-safe and immutable; every view of a disk shares its sessions.
 */
public final class DiskStorage implements Storage {
  private final Disk disk;
  private final StorageDriver driver;
  private final View view;
  private final Saving saving;
  private final Reading reading;
  private final Listings listings;
  private final Deleting deleting;
  private final Moving moving;

  private DiskStorage(Disk disk, View view) {
    this.disk = disk;
    this.view = view;
    this.driver = disk.driver();
    Retries retries = new Retries(disk.settings().attempts(), disk.calls());
    this.saving = new Saving(disk, view, retries);
    this.reading = new Reading(disk, view, retries);
    this.listings = new Listings(disk, view, retries);
    this.deleting = new Deleting(disk, view);
    this.moving = new Moving(disk, view);
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

  // ---- saving

  @Override
  public FileMetadata save(String path, Content content, SaveOptions options)
      throws StorageException {
    return saving.save(path, content, options);
  }

  @Override
  public FileMetadata write(String path, SaveOptions options, ContentWriter writer)
      throws StorageException {
    return WrittenSave.run(this, path, options, writer, disk.threads());
  }

  @Override
  public Upload beginUpload(String path, SaveOptions options) throws StorageException {
    return saving.beginUpload(path, options);
  }

  @Override
  public Upload resumeUpload(String uploadId) throws StorageException {
    return saving.resumeUpload(uploadId);
  }

  @Override
  public List<StagedUpload> uploads(Duration idleFor) throws StorageException {
    return saving.uploads(idleFor);
  }

  // ---- reading

  @Override
  public Download download(String path, DownloadOptions options) throws StorageException {
    return reading.download(path, options);
  }

  @Override
  public DownloadReport downloadTo(String path, Path target, DownloadOptions options)
      throws StorageException {
    return reading.downloadTo(path, target, options);
  }

  @Override
  public SeekableByteChannel openChannel(String path) throws StorageException {
    return reading.openChannel(path);
  }

  @Override
  public boolean exists(String path) throws StorageException {
    return reading.exists(path);
  }

  @Override
  public FileMetadata metadata(String path) throws StorageException {
    return reading.metadata(path);
  }

  @Override
  public PresignedUrl presignDownload(String path, Duration validFor) throws StorageException {
    return reading.presign(PresignRequest.Access.DOWNLOAD, path, validFor);
  }

  @Override
  public PresignedUrl presignUpload(String path, Duration validFor) throws StorageException {
    return reading.presign(PresignRequest.Access.UPLOAD, path, validFor);
  }

  // ---- listing

  @Override
  public Listing list(String prefix, ListOptions options) throws StorageException {
    return listings.list(prefix, options);
  }

  @Override
  public ListPage listPage(String prefix, ListOptions options) throws StorageException {
    return listings.listPage(prefix, options);
  }

  @Override
  public Usage usage(String prefix) throws StorageException {
    return listings.usage(prefix);
  }

  // ---- deleting

  @Override
  public boolean delete(String path, DeleteOptions options) throws StorageException {
    return deleting.delete(path, options);
  }

  @Override
  public DeleteReport deletePrefix(String prefix, DeleteOptions options) throws StorageException {
    return deleting.deletePrefix(prefix, options);
  }

  @Override
  public DeleteReport deleteAll(DeleteOptions options) throws StorageException {
    return deleting.deleteAll(options);
  }

  @Override
  public CleanupReport cleanup(String prefix, CleanupOptions options) throws StorageException {
    return deleting.cleanup(prefix, options);
  }

  // ---- copying

  @Override
  public FileMetadata copy(String source, String target, SaveOptions options)
      throws StorageException {
    return moving.copy(source, target, options);
  }

  @Override
  public FileMetadata move(String source, String target, SaveOptions options)
      throws StorageException {
    return moving.move(source, target, options);
  }

  @Override
  public FileMetadata copyTo(String source, Storage target, String targetPath, SaveOptions options)
      throws StorageException {
    return moving.copyTo(reading, source, target, targetPath, options);
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
