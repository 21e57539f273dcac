package io.diskmap.cli;

import io.diskmap.CatalogueSection;
import io.diskmap.DiskMapException;
import io.diskmap.Secret;
import io.diskmap.StorageException;
import io.diskmap.StorageManager;
import io.diskmap.catalog.Quota;
import io.diskmap.catalog.TaskFiles;
import io.diskmap.catalog.http.SignedTokens;
import io.diskmap.catalog.http.TaskFilesApi;
import io.diskmap.http.server.StorageServer;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The catalogue of a server, where its disk map has one: mounted for users, and swept once an hour.
 * Thread-safe.
 */
final class ServedTasks implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ServedTasks.class);

  private final @Nullable TaskFiles catalogue;
  private final Optional<CatalogueSection> section;
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread made = new Thread(task, "diskmap-tasks-sweep");
            made.setDaemon(true);
            return made;
          });

  private ServedTasks(@Nullable TaskFiles catalogue, Optional<CatalogueSection> section) {
    this.catalogue = catalogue;
    this.section = section;
  }

  /**
   * Opens what the map describes; there may be nothing.
   *
   * @throws DiskMapException where the database or the disk cannot be opened
   */
  static ServedTasks open(StorageManager storages) {
    Optional<CatalogueSection> section = storages.diskMap().catalogue();
    try {
      TaskFiles opened = section.isEmpty() ? null : open(storages, section.get());
      ServedTasks tasks = new ServedTasks(opened, section);
      if (opened != null) {
        tasks.thread.scheduleWithFixedDelay(tasks::sweep, 0, 1, TimeUnit.HOURS);
      }
      return tasks;
    } catch (StorageException e) {
      throw DiskMapException.of("the catalogue cannot be opened: " + e.sentence());
    }
  }

  /** The catalogue of a section. */
  static TaskFiles open(StorageManager storages, CatalogueSection section) throws StorageException {
    return TaskFiles.on(storages.disk(section.disk()).scoped(section.prefix()))
        .store(section.store().reveal())
        .quota(new Quota(section.maxBytes(), section.maxFiles()))
        .open();
  }

  /** Mounts {@code /api/files} where the map has a key for tokens. */
  void mountOn(StorageServer.Builder builder) {
    TaskFiles opened = catalogue;
    section
        .flatMap(CatalogueSection::tokenKey)
        .ifPresent(
            key -> {
              if (opened != null) {
                builder.mount(TaskFilesApi.BASE, TaskFilesApi.of(opened, tokens(key)));
              }
            });
  }

  private static SignedTokens tokens(Secret key) {
    try {
      return SignedTokens.of(key);
    } catch (IllegalArgumentException e) {
      throw DiskMapException.of("catalogue.token_key: " + e.getMessage());
    }
  }

  private void sweep() {
    TaskFiles opened = catalogue;
    if (opened == null || section.isEmpty()) {
      return;
    }
    try {
      int swept = opened.sweep(section.get().sweepAfter());
      if (swept > 0) {
        LOG.info("removed {} tasks that nobody went on to collect", swept);
      }
    } catch (StorageException | RuntimeException e) {
      LOG.warn("the sweep of the catalogue failed; the next one is in an hour", e);
    }
  }

  @Override
  public void close() {
    thread.shutdownNow();
    TaskFiles opened = catalogue;
    if (opened != null) {
      opened.close();
    }
  }
}
