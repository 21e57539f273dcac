package io.diskmap.spi;

import io.diskmap.Capabilities;
import io.diskmap.DeleteReport;
import io.diskmap.ErrorKind;
import io.diskmap.FileMetadata;
import io.diskmap.Health;
import io.diskmap.PresignedUrl;
import io.diskmap.StorageException;
import io.diskmap.StoragePath;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * One disk, as its protocol sees it.
 *
 * <p>Thread-safe. Paths are valid and inside the disk; conditions and durability are within the
 * capabilities; the core has observed, bounded and authorised the call. A driver throws {@link
 * StorageException} with kind and sentence only: the core adds disk, operation and path.
 */
public interface StorageDriver extends AutoCloseable {
  /** What the disk can do; probed on first need, never by writing to a read-only disk. */
  Capabilities capabilities() throws StorageException;

  /** Where the store is, without secrets: {@code sftp://host:22/root}. */
  String endpoint();

  /** A file's metadata with all that is kept for it; NOT_FOUND where there is no regular file. */
  FileMetadata stat(StoragePath path, Call call) throws StorageException;

  /** A reader of one version; NOT_FOUND where there is no regular file. */
  StorageReader openRead(StoragePath path, ReadRequest request) throws StorageException;

  /**
   * Whether the metadata of a reader that is opened with {@link ReadRequest.Access#WHOLE} is all
   * that {@link #stat} tells. Where it is not, since a checksum would cost the store another
   * question, who compares the checksum asks {@link #stat} first. The answer may change with what
   * is known of the store; a reader holds what was said before it was asked for.
   */
  default boolean tellsAllOnOpen() {
    return true;
  }

  /** Begins a save; nothing is visible before its commit. */
  StorageWriter openWrite(StoragePath path, WriteRequest request) throws StorageException;

  /** Goes on with a save by its id alone; NOT_FOUND once it is aborted or swept. */
  StorageWriter resumeWrite(UploadId id, Call call) throws StorageException;

  /**
   * Saves a whole small file, at most a writer's chunk size; takes the chunk and releases it.
   *
   * <p>With the guarantees of {@link StorageWriter#commit}.
   */
  default FileMetadata put(
      StoragePath path, Chunk content, CommitRequest commit, WriteRequest request)
      throws StorageException {
    return WholeFile.put(this, path, content, commit, request);
  }

  /** The largest content that {@link #put} takes. */
  int putLimit();

  /** The entries below a prefix, in order; none for a missing prefix. */
  EntryCursor list(StoragePath prefix, ListRequest request) throws StorageException;

  /** Removes a file; false where there is no regular file. Empty parents disappear. */
  boolean delete(StoragePath path, DeleteRequest request) throws StorageException;

  /** Removes all below a prefix, in parallel, foreign names included; the root means everything. */
  DeleteReport deletePrefix(StoragePath prefix, boolean dryRun, Call call) throws StorageException;

  /** Copies a file, on the server where the protocol can, else through this process. */
  default FileMetadata copy(StoragePath source, StoragePath target, WriteRequest request)
      throws StorageException {
    return WholeFile.copy(this, source, target, request);
  }

  /** Moves a file: one rename where the protocol can, else copy and delete. */
  default FileMetadata move(StoragePath source, StoragePath target, WriteRequest request)
      throws StorageException {
    return WholeFile.move(this, source, target, request);
  }

  /** A URL for one file that needs no credentials; UNSUPPORTED where the store hands out none. */
  default PresignedUrl presign(StoragePath path, PresignRequest request) throws StorageException {
    throw StorageException.of(
        ErrorKind.UNSUPPORTED, "The disk's store hands out no URLs; download or save instead.");
  }

  /** The saves that are staged and had no chunk for this long. */
  List<PendingUpload> uploads(Duration idleFor, Call call) throws StorageException;

  /** Removes what a save has staged; nothing to do where there is none. */
  void abortWrite(UploadId id, Call call) throws StorageException;

  /**
   * The store's clock, cut down to the granularity of its modification times: no file that is saved
   * after this call has an earlier one.
   */
  Instant storeTime(Call call) throws StorageException;

  /**
   * Whether {@link #put} says by {@link Call#effect} when it is about to publish; else the core
   * says it before the put, and nothing goes on beside the wait.
   */
  default boolean announcesEffects() {
    return false;
  }

  /** Whether a server behind this driver writes the audit records of what reached it. */
  default boolean isAuditedByPeer() {
    return false;
  }

  /** Whether the store answers. */
  Health health(Call call);

  /** Ends all sessions; safe to repeat. */
  @Override
  void close();
}
