package io.diskmap.spi.staged;

import io.diskmap.CallContext;
import io.diskmap.FileMetadata;
import io.diskmap.StorageException;
import io.diskmap.StoragePath;
import io.diskmap.spi.Call;
import io.diskmap.spi.Chunk;
import io.diskmap.spi.CommitRequest;
import io.diskmap.spi.DeleteRequest;
import io.diskmap.spi.DriverContext;
import io.diskmap.spi.PendingUpload;
import io.diskmap.spi.StorageWriter;
import io.diskmap.spi.UploadId;
import io.diskmap.spi.WriteRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * All that changes one file of a disk, over a {@link RemoteStore}: the half of a driver that is the
 * same for every file server.
 *
 * <p>Thread-safe. The methods have the meaning of those of {@link io.diskmap.spi.StorageDriver}.
 * Their own records are kept in {@code saves}, {@code uploads} and {@code attrs} of the state
 * directory.
 */
public final class StagedSaves {
  private final StagedDisk disk;
  private final StagedPut put;
  private final StagedUploads uploads;
  private final StagedDelete delete;
  private final StagedSweep sweep;
  private final StagedMove move;
  private final StagedCopy copy;

  /** The saves of a disk, with records in the same tree or in another one. */
  public StagedSaves(
      DriverContext context, StagedOptions options, RemoteStore store, RemoteStore stateStore) {
    this.disk = new StagedDisk(context, options, store, stateStore);
    this.put = new StagedPut(disk);
    this.uploads = new StagedUploads(disk);
    this.delete = new StagedDelete(disk);
    this.sweep = new StagedSweep(disk);
    this.move = new StagedMove(disk);
    this.copy = new StagedCopy(disk);
  }

  /** Saves a whole small file; takes the chunk and releases it. */
  public FileMetadata put(
      StoragePath path, Chunk content, CommitRequest commit, WriteRequest request)
      throws StorageException {
    disk.activity.begin();
    try {
      StagedPut.refuseIfMatch(request.condition());
      return put.put(path, content, commit, request);
    } finally {
      disk.activity.end();
      content.release();
    }
  }

  /** Begins a chunked save. */
  public StorageWriter openWrite(StoragePath path, WriteRequest request) throws StorageException {
    StagedPut.refuseIfMatch(request.condition());
    return uploads.begin(path, request);
  }

  /** Goes on with a chunked save. */
  public StorageWriter resumeWrite(UploadId id, Call call) throws StorageException {
    return uploads.resume(id, call);
  }

  /** The unfinished saves that had no chunk for this long. */
  public List<PendingUpload> uploads(Duration idleFor, Call call) throws StorageException {
    if (!disk.options.readOnly() && disk.clock.wantsObservation()) {
      storeTime(call);
    }
    return sweep.pending(idleFor, call);
  }

  /** Removes what a save has staged. */
  public void abortWrite(UploadId id, Call call) throws StorageException {
    sweep.abort(id, call);
  }

  /** Removes one file. */
  public boolean delete(StoragePath path, DeleteRequest request) throws StorageException {
    return delete.delete(path, request);
  }

  /** Moves one file on the server; empty where that takes a copy and a delete. */
  public Optional<FileMetadata> move(StoragePath source, StoragePath target, WriteRequest request)
      throws StorageException {
    StagedPut.refuseIfMatch(request.condition());
    return move.move(source, target, request);
  }

  /** Copies one file inside the server; empty where that takes the way through this process. */
  public Optional<FileMetadata> copy(StoragePath source, StoragePath target, WriteRequest request)
      throws StorageException {
    StagedPut.refuseIfMatch(request.condition());
    return copy.copy(source, target, request);
  }

  /** A file as a listing shows it. */
  public FileMetadata listed(StoragePath path, RemoteStat stat) {
    return disk.metadata(path, stat);
  }

  /** A file with all that is kept of it; the look at {@link #sidecarDirectory} was made before. */
  public FileMetadata described(StoragePath path, RemoteStat stat, Call call)
      throws StorageException {
    return disk.sidecars.of(path, stat, call).on(disk.metadata(path, stat));
  }

  /** The directory whose presence tells whether any file has a sidecar. */
  public String sidecarDirectory() {
    return disk.sidecars.directory();
  }

  /** Takes what a look at that directory told; once it was there, no further look is needed. */
  public void sidecarsObserved(boolean there) {
    disk.sidecars.observed(there);
  }

  /** Whether the directory is known to be there. */
  public boolean areSidecarsKnown() {
    return disk.sidecars.isKnownPresent();
  }

  /** Removes what is kept of a file that is gone. */
  public void forget(StoragePath path, RemoteStat stat, Call call) throws StorageException {
    disk.sidecars.remove(path, stat, call);
  }

  /** Takes the server's time of this moment, or a little before, where the protocol tells it. */
  public void timeTold(Instant now) {
    disk.clock.told(now);
  }

  /** The server's clock, cut down to how finely it dates files. */
  public Instant storeTime(Call call) throws StorageException {
    if (!disk.options.readOnly()) {
      disk.observeTime(call);
    }
    return disk.clock.cutNow();
  }

  /**
   * Lets saves that are ended tidy up and removes the table of this process, where it left nothing
   * behind, in a short call.
   */
  public void close(CallContext context, Duration atMost) {
    disk.close(Call.within(context, atMost));
  }
}
