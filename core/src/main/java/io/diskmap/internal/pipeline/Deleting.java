package io.diskmap.internal.pipeline;

import io.diskmap.AuditAction;
import io.diskmap.CallOptions;
import io.diskmap.CleanupOptions;
import io.diskmap.CleanupReport;
import io.diskmap.DeleteOptions;
import io.diskmap.DeleteReport;
import io.diskmap.ErrorKind;
import io.diskmap.StorageException;
import io.diskmap.StoragePath;
import io.diskmap.spi.DeleteRequest;
import io.diskmap.spi.StorageDriver;
import java.util.Map;

/**
 * The deletes of a view.
 *
 * <p>Thread-safe.
 */
final class Deleting {
  private final Disk disk;
  private final View view;
  private final StorageDriver driver;

  Deleting(Disk disk, View view) {
    this.disk = disk;
    this.view = view;
    this.driver = disk.driver();
  }

  private Operation begin(
      String name, AuditAction action, String path, CallOptions options, boolean movesFile)
      throws StorageException {
    return Operation.begin(disk, name, action, view, path, options, movesFile);
  }

  boolean delete(String path, DeleteOptions options) throws StorageException {
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

  DeleteReport deletePrefix(String prefix, DeleteOptions options) throws StorageException {
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

  DeleteReport deleteAll(DeleteOptions options) throws StorageException {
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

  CleanupReport cleanup(String prefix, CleanupOptions options) throws StorageException {
    Operation operation =
        begin("cleanup", AuditAction.WORKSPACE_CLEANUP, prefix, options.call(), true);
    return operation.complete(
        () -> {
          view.requireWritable();
          return new Cleanup(disk, driver, operation).run(view.prefix(prefix), view, options);
        });
  }
}
