package io.diskmap.cli;

import io.diskmap.CallOptions;
import io.diskmap.Content;
import io.diskmap.Download;
import io.diskmap.DownloadOptions;
import io.diskmap.DownloadReport;
import io.diskmap.ErrorKind;
import io.diskmap.FileMetadata;
import io.diskmap.SaveOptions;
import io.diskmap.ServerRole;
import io.diskmap.Storage;
import io.diskmap.StorageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Copies one file between this machine and disks, with progress. For one thread.
 *
 * <p>Every target is whole or untouched, also after Ctrl-C.
 */
final class Transfers {
  private final Session session;
  private final Terminal terminal;
  private final Meter.Style style;
  private final SaveOptions saving;

  Transfers(Session session, Terminal terminal, Meter.Style style, SaveOptions saving) {
    this.session = session;
    this.terminal = terminal;
    this.style = style;
    this.saving = saving;
  }

  /** Saves a local file. */
  FileMetadata save(Path source, Place.OnDisk target) throws StorageException {
    return save(Content.of(source), target);
  }

  /** Saves what comes from standard input. */
  FileMetadata saveInput(Place.OnDisk target) throws StorageException {
    return save(Content.of(terminal.in()), target);
  }

  private FileMetadata save(Content content, Place.OnDisk target) throws StorageException {
    Storage storage = session.disk(target.disk());
    try (Meter meter = meter(target.name(), content.length().orElse(-1))) {
      return storage.save(target.path(), content, saving.withCall(call(meter)));
    }
  }

  /** Downloads to a local file; refused in role web, which writes none. */
  FileMetadata download(Place.OnDisk source, Path target) throws StorageException {
    requireLocalFiles(session);
    Storage storage = session.disk(source.disk());
    long total = storage.metadata(source.path()).size();
    try (Meter meter = meter(source.name(), total)) {
      DownloadOptions options = DownloadOptions.defaults().withCall(call(meter));
      DownloadReport report = storage.downloadTo(source.path(), target, options);
      return report.metadata();
    }
  }

  /** Role web writes no local file; it streams. */
  static void requireLocalFiles(Session session) throws StorageException {
    if (session.role() == ServerRole.WEB) {
      throw StorageException.of(
          ErrorKind.READ_ONLY,
          "Role web writes no local file; stream the content with 'diskmap cat' instead.");
    }
  }

  /** Streams to standard output. */
  FileMetadata print(Place.OnDisk source) throws IOException {
    DownloadOptions options = DownloadOptions.defaults().withCall(session.call());
    try (Download download = session.disk(source.disk()).download(source.path(), options)) {
      Cat.send(download, terminal.data());
      return download.metadata();
    }
  }

  /** Copies between disks, or on one disk, where the store does it itself if it can. */
  FileMetadata between(Place.OnDisk source, Place.OnDisk target) throws StorageException {
    Storage from = session.disk(source.disk());
    Storage to = session.disk(target.disk());
    if (source.disk().equals(target.disk())) {
      return from.copy(source.path(), target.path(), saving.withCall(session.call()));
    }
    long total = from.metadata(source.path()).size();
    try (Meter meter = meter(source.name(), total)) {
      return from.copyTo(source.path(), to, target.path(), saving.withCall(call(meter)));
    }
  }

  /** A local target: a directory gets the file under its own name. */
  static Path localTarget(Path target, String name) {
    return Files.isDirectory(target) ? target.resolve(name) : target;
  }

  private Meter meter(String task, long total) {
    return Meter.of(terminal, style, Text.visible(task), total);
  }

  private CallOptions call(Meter meter) {
    return session.call().withProgress(meter);
  }
}
