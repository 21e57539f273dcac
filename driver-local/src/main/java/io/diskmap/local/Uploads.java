package io.diskmap.local;

import io.diskmap.CallContext;
import io.diskmap.ErrorKind;
import io.diskmap.StorageException;
import io.diskmap.StoragePath;
import io.diskmap.spi.Call;
import io.diskmap.spi.PendingUpload;
import io.diskmap.spi.StorageWriter;
import io.diskmap.spi.UploadId;
import io.diskmap.spi.WriteRequest;
import io.diskmap.spi.record.Published;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The chunked saves of a disk: begun, found again by id, listed, given up.
 *
 * <p>Thread-safe. The record is written before the hidden file is made and removed after it is
 * gone, so whatever is staged is found by the records alone.
 */
final class Uploads {
  static final int CHUNK = 1 << 20;

  /** Chunks of another size that is asked for are a multiple of this, so that none share a page. */
  private static final int GRAIN = 64 << 10;

  private static final Duration TIDY_EVERY = Duration.ofHours(1);

  /**
   * A record is made and its head written at once; one without a head for this long has no writer.
   */
  private static final Duration HEADLESS_AGE = Duration.ofSeconds(10);

  private final Disk disk;
  private final UploadEnd end;
  private final Staging staging;
  private volatile Instant tidied = Instant.MIN;

  Uploads(Disk disk, Publisher publisher) {
    this.disk = disk;
    this.end = new UploadEnd(disk, publisher);
    this.staging = new Staging(disk);
  }

  /** Begins a save, or goes on with the one that the same write id has begun. */
  StorageWriter begin(StoragePath path, WriteRequest request) throws IOException {
    tidyNowAndThen();
    String id = request.writeId();
    disk.hold(id);
    boolean begun = false;
    try {
      UploadRecord record =
          disk.uploads.create(new UploadRecord.Head(path, chunkSize(request), request));
      StorageWriter writer = stageOrAbort(record, request);
      begun = true;
      return writer;
    } catch (FileAlreadyExistsException begunBefore) {
      return again(path, request);
    } finally {
      if (!begun) {
        disk.letGo(id);
      }
    }
  }

  private static int chunkSize(WriteRequest request) {
    int asked = request.chunkSize().orElse(CHUNK);
    return Math.max(GRAIN, asked / GRAIN * GRAIN);
  }

  private StorageWriter stageOrAbort(UploadRecord record, WriteRequest request) throws IOException {
    boolean staged = false;
    try {
      StorageWriter writer = stage(record, request);
      staged = true;
      return writer;
    } finally {
      if (!staged) {
        Quietly.close(record);
        Quietly.run(() -> end.abort(request.writeId(), request.call()));
      }
    }
  }

  private StorageWriter again(StoragePath path, WriteRequest request) throws IOException {
    StorageWriter writer = resume(new UploadId(request.writeId()), request.call());
    if (writer.path().equals(path)) {
      return writer;
    }
    writer.detach(request.call());
    throw StorageException.of(
        ErrorKind.PRECONDITION_FAILED,
        "A save of another file has this write id; use a fresh one for each save.");
  }

  private StorageWriter stage(UploadRecord record, WriteRequest request) throws IOException {
    Staging.Staged staged =
        disk.tree.run(
            root -> staging.create(root, record.path(), request.writeId(), request.durability()));
    try (Dir parent = staged.parent()) {
      record.inode(parent.stat(staged.name()).inode());
    } catch (IOException | RuntimeException e) {
      Quietly.close(staged.file());
      throw e;
    }
    return writer(record, request, staged.file());
  }

  private StorageWriter writer(UploadRecord record, WriteRequest request, FileChannel opened) {
    SharedChannel file = new SharedChannel(opened, () -> openStaged(record));
    WriteBack writeBack = new WriteBack(file, disk.context.workers());
    StagedUpload upload =
        new StagedUpload(record, file, writeBack, disk.places, disk.clock.isOwn());
    return new LocalWriter(new UploadId(request.writeId()), request, upload, end);
  }

  private FileChannel openStaged(UploadRecord record) throws IOException {
    Place place = Place.of(record.path());
    Path name = StagedNames.of(record.request().writeId());
    return disk.tree.run(
        root -> {
          try (Dir parent = SafeTree.walk(root, place.parents())) {
            FileChannel file =
                parent.openFile(name, Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE));
            if (record.inode().equals(Optional.of(parent.stat(name).inode()))) {
              return file;
            }
            file.close();
            throw new NoSuchFileException(name.toString());
          }
        });
  }

  /** Goes on with a save by its id alone. */
  StorageWriter resume(UploadId id, Call call) throws IOException {
    disk.hold(id.value());
    boolean resumed = false;
    try {
      StorageWriter writer = resumeHeld(id, call);
      resumed = writer instanceof LocalWriter;
      return writer;
    } finally {
      if (!resumed) {
        disk.letGo(id.value());
      }
    }
  }

  private StorageWriter resumeHeld(UploadId id, Call call) throws IOException {
    UploadRecord record = disk.uploads.open(id, call).orElseThrow(() -> unknown(null));
    boolean resumed = false;
    try {
      Optional<Published> done = record.outcome();
      if (done.isEmpty()) {
        done = end.settleByLooking(record);
      }
      StorageWriter writer =
          done.isPresent() ? new DoneWriter(id, record, done.get()) : openOrStage(record);
      resumed = true;
      return writer;
    } finally {
      if (!resumed) {
        Quietly.close(record);
      }
    }
  }

  private StorageWriter openOrStage(UploadRecord record) throws IOException {
    if (record.inode().isEmpty()) {
      return stageAgain(record);
    }
    try {
      return writer(record, record.request(), openStaged(record));
    } catch (NoSuchFileException | NotDirectoryException gone) {
      throw unknown(gone);
    }
  }

  /**
   * A kill between record and hidden file, or between that and its mark, has left no byte of use.
   */
  private StorageWriter stageAgain(UploadRecord record) throws IOException {
    Place place = Place.of(record.path());
    Path name = StagedNames.of(record.request().writeId());
    disk.tree.run(
        root -> {
          try (Dir parent = SafeTree.walk(root, place.parents())) {
            parent.deleteFile(name);
            return true;
          } catch (NoSuchFileException none) {
            return false;
          }
        });
    return stage(record, record.request());
  }

  private static StorageException unknown(@Nullable Throwable cause) {
    return StorageException.of(
        ErrorKind.NOT_FOUND,
        "There is no unfinished save of this id: it was aborted, swept, or never begun.",
        cause);
  }

  /** The saves that are staged and idle for this long, those of ended processes included. */
  List<PendingUpload> pending(Duration idleFor, Call call) throws IOException {
    tidy();
    List<PendingUpload> found = new ArrayList<>();
    for (String id : disk.uploads.ids()) {
      call.check();
      if (!disk.isHeld(id)) {
        pendingUpload(id, call).ifPresent(found::add);
      }
    }
    for (SaveTable.Entry entry : disk.saves.leftBehind()) {
      call.check();
      pendingSave(entry).ifPresent(found::add);
    }
    if (!idleFor.isZero()) {
      found.removeIf(upload -> disk.clock.since(upload.lastActivity()).compareTo(idleFor) < 0);
    }
    return found;
  }

  private Optional<PendingUpload> pendingUpload(String id, Call call) throws IOException {
    Optional<Instant> written = disk.uploads.lastWritten(id);
    if (written.isEmpty()) {
      return Optional.empty();
    }
    Optional<UploadRecord> opened = disk.uploads.open(new UploadId(id), call);
    if (opened.isEmpty()) {
      if (disk.clock.since(written.get()).compareTo(HEADLESS_AGE) > 0) {
        disk.uploads.remove(id);
      }
      return Optional.empty();
    }
    try (UploadRecord record = opened.get()) {
      if (record.outcome().isPresent()) {
        return Optional.empty();
      }
      Instant last = later(written.get(), stagedTime(record.path(), id));
      return Optional.of(new PendingUpload(new UploadId(id), record.path(), last));
    }
  }

  private Optional<PendingUpload> pendingSave(SaveTable.Entry entry) throws IOException {
    StoragePath path = StoragePath.of(entry.path());
    Optional<Instant> staged = stagedTime(path, entry.id());
    if (staged.isEmpty()) {
      disk.saves.settle(entry);
      return Optional.empty();
    }
    return Optional.of(new PendingUpload(new UploadId(entry.id()), path, staged.get()));
  }

  private Optional<Instant> stagedTime(StoragePath path, String id) throws IOException {
    Place place = Place.of(path);
    return disk.tree.run(
        root -> {
          try (Dir parent = SafeTree.walk(root, place.parents())) {
            Optional<Attrs> staged = Publisher.statIfThere(parent, StagedNames.of(id));
            if (staged.isPresent()) {
              return staged.map(Attrs::modified);
            }
          } catch (NoSuchFileException gone) {
            // The directories may stand aside.
          } catch (NotDirectoryException gone) {
            return Optional.empty();
          }
          return HiddenBranch.find(root, place, StagedNames.of(id));
        });
  }

  private static Instant later(Instant one, Optional<Instant> other) {
    return other.filter(one::isBefore).orElse(one);
  }

  /** Removes what a save has staged. */
  void abort(UploadId id, Call call) throws IOException {
    if (id.value().matches("[0-9a-f]{32}")) {
      end.abort(id.value(), call);
      for (SaveTable.Entry entry : disk.saves.leftBehind()) {
        if (entry.id().equals(id.value())) {
          undo(entry);
        }
      }
    }
  }

  /** Removes a staged file; puts a captured one back, unless a newer one has its name. */
  private void undo(SaveTable.Entry entry) throws IOException {
    Place place = Place.of(StoragePath.of(entry.path()));
    Path hidden = StagedNames.of(entry.id());
    disk.tree.run(
        root -> {
          try {
            if (entry.kind() == SaveTable.Kind.STAGED) {
              HiddenBranch.remove(root, place, hidden);
            }
            try (Dir parent = SafeTree.walk(root, place.parents())) {
              if (entry.kind() == SaveTable.Kind.CAPTURED) {
                Capture.putBack(parent, hidden, place.name());
              } else {
                parent.deleteFile(hidden);
              }
            }
          } catch (NoSuchFileException gone) {
            // What is left to do is to remove directories that are empty.
          } catch (NotDirectoryException gone) {
            return false;
          }
          disk.prune(root, place.parents());
          return true;
        });
    disk.saves.settle(entry);
  }

  private void tidyNowAndThen() throws IOException {
    Instant now = disk.context.clock().instant();
    if (tidied.isBefore(now.minus(TIDY_EVERY))) {
      boolean first = tidied.equals(Instant.MIN);
      tidied = now;
      if (!first) {
        tidy();
      }
    }
  }

  /** Removes the records of saves that were committed long enough ago. */
  private void tidy() throws IOException {
    for (String id : disk.uploads.ids()) {
      Optional<Instant> written = disk.uploads.lastWritten(id);
      boolean old =
          written.isPresent() && disk.clock.since(written.get()).compareTo(UploadRecords.KEPT) > 0;
      if (old && isDone(id)) {
        disk.uploads.remove(id);
      }
    }
  }

  private boolean isDone(String id) throws IOException {
    Call call = Call.unbounded(CallContext.none());
    Optional<UploadRecord> opened = disk.uploads.open(new UploadId(id), call);
    if (opened.isEmpty()) {
      return false;
    }
    try (UploadRecord record = opened.get()) {
      return record.outcome().isPresent();
    }
  }
}
