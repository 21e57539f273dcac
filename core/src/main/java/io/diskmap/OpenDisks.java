package io.diskmap;

import io.diskmap.internal.pipeline.Disk;
import io.diskmap.internal.pipeline.DiskSettings;
import io.diskmap.internal.pipeline.DiskStorage;
import io.diskmap.internal.pipeline.FoldedDownloads;
import io.diskmap.spi.CommonOptions;
import io.diskmap.spi.DriverContext;
import io.diskmap.spi.StorageDriver;
import io.diskmap.spi.StorageDriverFactory;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The disks of one manager, each opened when it is first asked for.
 *
 * <p>Thread-safe. Opening one disk holds up nobody who asks for another.
 */
final class OpenDisks {
  /** One disk's place: its lock, and what stands there once it is open. */
  private static final class Place {
    final DiskSpec spec;
    final ReentrantLock opening = new ReentrantLock();
    volatile @Nullable Storage storage;
    volatile @Nullable StorageDriver driver;

    Place(DiskSpec spec) {
      this.spec = spec;
    }
  }

  private final Map<String, Place> places = new LinkedHashMap<>();
  private final Map<String, StorageDriverFactory> factories;
  private final ManagerParts parts;
  private final FoldedDownloads audit;
  private volatile boolean closed;

  OpenDisks(List<DiskSpec> specs, Map<String, StorageDriverFactory> factories, ManagerParts parts) {
    specs.forEach(spec -> places.put(spec.name(), new Place(spec)));
    this.factories = factories;
    this.parts = parts;
    this.audit = new FoldedDownloads(parts.audit());
  }

  List<String> names() {
    return List.copyOf(places.keySet());
  }

  Storage get(String name) throws StorageException {
    Place place = places.get(name);
    if (place == null) {
      throw StorageException.of(
          ErrorKind.NOT_FOUND,
          "There is no disk '%s' in the disk map; it has %s."
              .formatted(name, places.isEmpty() ? "no disk" : String.join(", ", places.keySet())));
    }
    Storage open = place.storage;
    return open != null ? open : open(place);
  }

  private Storage open(Place place) throws StorageException {
    place.opening.lock();
    try {
      Storage open = place.storage;
      if (open == null) {
        requireOpen();
        open =
            place.spec.viewOf().isPresent()
                ? view(place.spec, get(place.spec.viewOf().get()))
                : base(place);
        place.storage = open;
      }
      return open;
    } finally {
      place.opening.unlock();
    }
  }

  private void requireOpen() throws StorageException {
    if (closed) {
      throw StorageException.of(ErrorKind.CLOSED, "The storage manager is closed; open a new one.");
    }
  }

  private static Storage view(DiskSpec spec, Storage base) throws StorageException {
    Storage view = spec.prefix().isEmpty() ? base : base.scoped(spec.prefix());
    return spec.readOnly() ? view.asReadOnly() : view;
  }

  private Storage base(Place place) throws StorageException {
    DiskSpec spec = place.spec;
    CommonOptions common = CommonOptions.of(spec.options());
    StorageDriverFactory factory = factories.get(spec.driver());
    if (factory == null) {
      throw new IllegalStateException("a resolved disk has a driver on the class path");
    }
    DriverContext context =
        new DriverContext(
            spec.name(),
            parts.role(),
            parts.clock(),
            parts.chunks(),
            parts.workers(),
            common.timeout(),
            common.stallTimeout(),
            spec.readOnly());
    StorageDriver driver;
    try {
      driver = factory.open(context, spec.options());
    } catch (StorageException e) {
      throw e.toBuilder().disk(spec.name(), spec.driver()).operation("open").build();
    } catch (DiskMapException e) {
      throw StorageException.builder(
              ErrorKind.UNAUTHENTICATED, "A secret of the disk cannot be read: " + e.getMessage())
          .cause(e)
          .disk(spec.name(), spec.driver())
          .operation("open")
          .build();
    }
    place.driver = driver;
    DiskSettings settings =
        new DiskSettings(
            spec.name(),
            spec.driver(),
            parts.role(),
            common.timeout(),
            common.stallTimeout(),
            durability(common),
            common.showPaths(),
            common.retries(),
            spec.readOnly(),
            common.recordChecksum(),
            common.sweepAge(),
            common.metadataTtl(),
            parts.requireUser(),
            cleanupOn(spec.name()));
    requireDurability(settings, driver);
    return DiskStorage.of(
        new Disk(
            settings,
            driver,
            parts.chunks(),
            parts.calls(),
            audit,
            parts.listener(),
            parts.clock(),
            parts.workers()));
  }

  /** The rules on the disk and on its views, by the disk's own paths. */
  private List<DiskSettings.CleanupAge> cleanupOn(String base) throws StorageException {
    List<DiskSettings.CleanupAge> ages = new ArrayList<>();
    for (Place place : places.values()) {
      DiskSpec spec = place.spec;
      CleanupSection.Rule rule = parts.cleanup().get(spec.name());
      if (rule != null && spec.viewOf().orElse(spec.name()).equals(base)) {
        for (String prefix : rule.prefixes()) {
          StoragePath path = StoragePath.prefix(spec.prefix()).resolve(StoragePath.of(prefix));
          ages.add(new DiskSettings.CleanupAge(path, rule.olderThan()));
        }
      }
    }
    return ages;
  }

  private static Optional<Durability> durability(CommonOptions common) {
    return common.durability().map(d -> Durability.valueOf(d.toUpperCase(Locale.ROOT)));
  }

  /** More than the driver has is refused at the start, not at the first save (clause S6). */
  private static void requireDurability(DiskSettings settings, StorageDriver driver)
      throws StorageException {
    if (settings.durability().isPresent()) {
      Durability wanted = settings.durability().get();
      Durability most = driver.capabilities().durability();
      if (wanted.compareTo(most) > 0) {
        throw StorageException.builder(
                ErrorKind.UNSUPPORTED,
                "The option durability asks for '%s', and the most that this disk has is '%s'."
                    .formatted(
                        wanted.name().toLowerCase(Locale.ROOT),
                        most.name().toLowerCase(Locale.ROOT)))
            .disk(settings.name(), settings.driver())
            .operation("open")
            .build();
      }
    }
  }

  /** Closes every open driver; later calls for a disk are refused. */
  void close() {
    closed = true;
    for (Place place : places.values()) {
      place.opening.lock();
      try {
        StorageDriver driver = place.driver;
        place.driver = null;
        if (driver != null) {
          driver.close();
        }
      } finally {
        place.opening.unlock();
      }
    }
    audit.close();
  }
}
