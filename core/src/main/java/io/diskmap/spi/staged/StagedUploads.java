package io.diskmap.spi.staged;

import io.diskmap.ErrorKind;
import io.diskmap.StorageException;
import io.diskmap.StoragePath;
import io.diskmap.spi.Call;
import io.diskmap.spi.StorageWriter;
import io.diskmap.spi.UploadId;
import io.diskmap.spi.WriteRequest;
import io.diskmap.spi.staged.UploadRecord.Ending;
import java.util.Optional;

/**
 * Begins chunked saves and finds them again.
 *
 * <p>Thread-safe. The record is made before the hidden file, so the sweep finds every hidden file
 * by a record.
 */
final class StagedUploads {
  private final StagedDisk disk;
  private final Staging staging;

  StagedUploads(StagedDisk disk) {
    this.disk = disk;
    this.staging = new Staging(disk);
  }

  StorageWriter begin(StoragePath path, WriteRequest request) throws StorageException {
    Call call = request.call();
    disk.late.stop(request.writeId(), call);
    UploadRecord record;
    try {
      record =
          disk.records.create(new UploadRecord.Head(path, disk.options.chunkSize(), request), call);
    } catch (StorageException e) {
      if (e.kind() == ErrorKind.ALREADY_EXISTS) {
        return goOn(path, request);
      }
      if (!Repeat.isOpen(e)) {
        new StagedAbort(disk).abortRecord(request.writeId(), e, call);
      }
      throw e;
    }
    boolean begun = false;
    StorageException failure = null;
    try {
      StorageWriter writer = stage(record, request, call);
      begun = true;
      return writer;
    } catch (StorageException e) {
      failure = e;
      throw e;
    } finally {
      if (!begun) {
        record.close();
        new StagedAbort(disk).abort(path, request.writeId(), failure, call);
      }
    }
  }

  private StorageWriter stage(UploadRecord record, WriteRequest request, Call call)
      throws StorageException {
    RemoteStore.Begun begun = staging.begin(record.path(), request.writeId(), call);
    boolean kept = false;
    try {
      StagedPut.refuseEarly(begun.target(), request.condition());
      kept = true;
    } finally {
      if (!kept) {
        begun.file().close();
      }
    }
    String staged = RemotePaths.hidden(record.path(), request.writeId());
    ReopeningFile file = new ReopeningFile(disk.store, staged, begun.file());
    return new StagedWriter(disk, record, file, false, begun.target().isEmpty());
  }

  /** The same save again, whose record an attempt with a lost answer has made. */
  private StorageWriter goOn(StoragePath path, WriteRequest request) throws StorageException {
    Call call = request.call();
    Optional<UploadRecord> record = disk.records.open(new UploadId(request.writeId()), call);
    if (record.isEmpty()) {
      disk.records.remove(request.writeId(), call);
      return begin(path, request);
    }
    if (!record.get().path().equals(path)) {
      record.get().close();
      throw StorageException.of(
          ErrorKind.PRECONDITION_FAILED,
          "The write id belongs to another save; let the library make a new one.");
    }
    return resume(record.get(), true, call);
  }

  /** Goes on with a save by its id alone. */
  StorageWriter resume(UploadId id, Call call) throws StorageException {
    return resume(disk.records.open(id, call).orElseThrow(StagedUploads::gone), false, call);
  }

  private StorageWriter resume(UploadRecord record, boolean make, Call call)
      throws StorageException {
    String id = record.request().writeId();
    boolean kept = false;
    try {
      Optional<Ending> ending = record.ending(call);
      if (ending.isPresent() && ending.get().decided()) {
        kept = true;
        return new FinishedWriter(record, ending.get().answer());
      }
      Optional<RemoteFile> staged = open(record, make && ending.isEmpty(), call);
      kept = staged.isPresent() || ending.isPresent();
      if (staged.isEmpty()) {
        return new FinishedWriter(record, ending.orElseThrow(StagedUploads::gone).answer());
      }
      String path = RemotePaths.hidden(record.path(), id);
      return new StagedWriter(
          disk, record, new ReopeningFile(disk.store, path, staged.get()), true, false);
    } finally {
      if (!kept) {
        record.close();
      }
    }
  }

  private Optional<RemoteFile> open(UploadRecord record, boolean make, Call call)
      throws StorageException {
    String id = record.request().writeId();
    try {
      return Optional.of(disk.store.open(RemotePaths.hidden(record.path(), id), call));
    } catch (StorageException e) {
      if (e.kind() != ErrorKind.NOT_FOUND) {
        throw e;
      }
      return make ? Optional.of(staging.begin(record.path(), id, call).file()) : Optional.empty();
    }
  }

  static StorageException gone() {
    return StorageException.of(
        ErrorKind.NOT_FOUND, "The upload does not exist: it was aborted or swept; begin another.");
  }
}
