package io.diskmap;

import java.nio.channels.SeekableByteChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * The files of one disk: the same calls and the same guarantees on every driver.
 *
 * <p>Thread-safe; calls block and are fit for virtual threads. Paths follow {@link StoragePath}; a
 * prefix is a path or the empty text, and always means whole segments: {@code a/b} has {@code
 * a/b/c} below it and neither {@code a/b} nor {@code a/bc}. Every failure is a {@link
 * StorageException}; no call answers a failure with {@code null} or {@code false}. A call that ends
 * in TIMEOUT or UNAVAILABLE after its change may have happened says OUTCOME_UNKNOWN instead.
 */
public interface Storage {
  /** Saves with {@link SaveOptions#defaults()}. */
  default FileMetadata save(String path, Content content) throws StorageException {
    return save(path, content, SaveOptions.defaults());
  }

  /**
   * Saves a file whole or not at all.
   *
   * <p>Missing target: it appears, parents included. Existing target: it is replaced in one step;
   * open readers keep the old content. Visible: when this returns, never earlier in part. After
   * failure, also a kill: the old content stands and no part of the new one is seen. Safe to
   * repeat, where the content is replayable. PATH_CONFLICT where a parent is a file or the path is
   * a directory.
   */
  FileMetadata save(String path, Content content, SaveOptions options) throws StorageException;

  /**
   * Saves what the writer produces: its return commits, its exception aborts and is the cause of a
   * SOURCE_FAILED. Otherwise like {@link #save(String, Content, SaveOptions)}.
   */
  FileMetadata write(String path, SaveOptions options, ContentWriter writer)
      throws StorageException;

  /**
   * Begins a chunked save.
   *
   * <p>Missing and existing target: as {@code save}, decided at the commit. Visible: at the commit.
   * After failure: what is staged stays for {@link #resumeUpload} until it is aborted or the sweep
   * age has passed since its last chunk. Safe to repeat: each call is an upload of its own.
   */
  Upload beginUpload(String path, SaveOptions options) throws StorageException;

  /** Goes on with an upload of this disk by its id alone; NOT_FOUND once it is aborted or swept. */
  Upload resumeUpload(String uploadId) throws StorageException;

  /**
   * The uploads below this scope that are unfinished and had no chunk for this long, for an
   * operator or a clean-up; {@link #resumeUpload} goes on with one or gives it up.
   */
  List<StagedUpload> uploads(Duration idleFor) throws StorageException;

  /** Downloads the whole file. */
  default Download download(String path) throws StorageException {
    return download(path, DownloadOptions.defaults());
  }

  /** Downloads a range. */
  default Download download(String path, ByteRange range) throws StorageException {
    return download(path, DownloadOptions.defaults().withRange(range));
  }

  /**
   * Opens a file for reading; the caller closes the stream.
   *
   * <p>Missing target: NOT_FOUND. The stream gives one version to its end or fails with
   * CHANGED_DURING_READ; a dropped connection goes on where it was. Closing early returns at once.
   */
  Download download(String path, DownloadOptions options) throws StorageException;

  /** Downloads a whole file to a local one with the default options. */
  default DownloadReport downloadTo(String path, Path target) throws StorageException {
    return downloadTo(path, target, DownloadOptions.defaults());
  }

  /**
   * Downloads to a local file, whole or not at all.
   *
   * <p>Missing local target: it appears, parents included. Existing: replaced in one step. After
   * failure: the old target stands; a partial file beside it is resumed by the next call if the
   * version is still the same. Safe to repeat. READ_ONLY in role web, which writes no file.
   */
  DownloadReport downloadTo(String path, Path target, DownloadOptions options)
      throws StorageException;

  /**
   * A read-only, seekable channel over one version of a file; the caller closes it.
   *
   * <p>For one thread. Missing target: NOT_FOUND. A replaced file ends in CHANGED_DURING_READ where
   * the store does not keep the old version for open readers.
   */
  SeekableByteChannel openChannel(String path) throws StorageException;

  /** Whether a file is there; a directory is none. Never answers {@code false} for a failure. */
  boolean exists(String path) throws StorageException;

  /** What the store knows about a file; NOT_FOUND where there is none, a directory included. */
  FileMetadata metadata(String path) throws StorageException;

  /** Lists all files below a prefix. */
  default Listing list(String prefix) throws StorageException {
    return list(prefix, ListOptions.defaults());
  }

  /**
   * Lists the files below a prefix, sorted by the UTF-8 bytes of the path, lazily; the caller
   * closes it.
   *
   * <p>Missing prefix: empty. A file that is there throughout comes exactly once. Stored names that
   * are no valid paths, and anything but regular files, are passed over and counted.
   */
  Listing list(String prefix, ListOptions options) throws StorageException;

  /**
   * One page of {@link #list(String, ListOptions)}; the next begins after {@link ListPage#next}.
   */
  ListPage listPage(String prefix, ListOptions options) throws StorageException;

  /** Deletes a file with the default options. */
  default boolean delete(String path) throws StorageException {
    return delete(path, DeleteOptions.defaults());
  }

  /**
   * Deletes a file.
   *
   * <p>Missing target: success, {@code false}. A directory is left alone and counts as missing.
   * Empty parents disappear. Safe to repeat.
   *
   * @return whether a file was there
   */
  boolean delete(String path, DeleteOptions options) throws StorageException;

  /** Deletes all below a prefix with the default options. */
  default DeleteReport deletePrefix(String prefix) throws StorageException {
    return deletePrefix(prefix, DeleteOptions.defaults());
  }

  /**
   * Deletes everything below a prefix, names that no valid path has included, in parallel.
   *
   * <p>Missing prefix: a report of zero. An empty prefix: PATH_INVALID, see {@link #deleteAll}.
   * After failure: what went is gone, the rest stands and is counted. Safe to repeat; repeating
   * finishes the job. Links are removed and never followed.
   */
  DeleteReport deletePrefix(String prefix, DeleteOptions options) throws StorageException;

  /** Deletes every file of the disk, or of this scope; otherwise like {@link #deletePrefix}. */
  DeleteReport deleteAll(DeleteOptions options) throws StorageException;

  /**
   * Copies a file on this disk, on the server where the protocol can.
   *
   * <p>Missing source: NOT_FOUND. Target, visibility and failure as {@code save}; onto itself it is
   * nothing. The copy is a file of its own.
   */
  FileMetadata copy(String source, String target, SaveOptions options) throws StorageException;

  /**
   * Moves a file on this disk. As {@link #copy}; where the store has no rename, a crash can leave
   * both files, never neither.
   */
  FileMetadata move(String source, String target, SaveOptions options) throws StorageException;

  /** Copies a file to another disk, through this process; otherwise like {@link #copy}. */
  FileMetadata copyTo(String source, Storage target, String targetPath, SaveOptions options)
      throws StorageException;

  /**
   * Saves every regular file below a local directory under a prefix, in parallel; links are passed
   * over.
   *
   * <p>Each file is whole or absent; the first failure ends the call with what is saved left in
   * place.
   */
  TreeReport saveTree(Path directory, String prefix, SaveOptions options) throws StorageException;

  /**
   * Downloads every file below a prefix under a local directory, in parallel, each like {@link
   * #downloadTo}. Local links are never followed.
   */
  TreeReport downloadTree(String prefix, Path directory, DownloadOptions options)
      throws StorageException;

  /**
   * A URL that downloads a file without credentials, for this long.
   *
   * <p>UNSUPPORTED where the store hands out none. Missing file: the URL answers so when it is
   * used. Whoever holds the URL can read the file; the audit record is made now, not when it is
   * used.
   */
  PresignedUrl presignDownload(String path, Duration validFor) throws StorageException;

  /**
   * A URL that saves a file in one request without credentials, for this long.
   *
   * <p>As {@link #presignDownload}. The file appears whole when its request ends, replaces what is
   * there, and has neither attributes nor a recorded checksum.
   */
  PresignedUrl presignUpload(String path, Duration validFor) throws StorageException;

  /** Counts files and bytes below a prefix; the empty prefix counts all. */
  Usage usage(String prefix) throws StorageException;

  /** Deletes the files below a prefix that are older than this; or only counts them. */
  default CleanupReport cleanup(String prefix, Duration olderThan, boolean dryRun)
      throws StorageException {
    return cleanup(prefix, CleanupOptions.olderThan(olderThan).withDryRun(dryRun));
  }

  /**
   * Deletes the files below a prefix that are older than an age, by the store's clock, and ends
   * abandoned uploads of that age and of the sweep age.
   *
   * <p>A file saved after the call began is never touched, whatever the age: each file goes on the
   * condition that it is the version that was listed. The empty prefix means the whole scope. After
   * failure: what went is gone, the rest stands. Safe to repeat and to run twice at once.
   */
  CleanupReport cleanup(String prefix, CleanupOptions options) throws StorageException;

  /** Whether the store answers; a failure is a value here, not an exception. */
  Health health();

  /** Disk, driver, role and endpoint, without secrets. */
  StorageInfo info();

  /** What the disk can do; probed on first need. */
  Capabilities capabilities() throws StorageException;

  /** A view whose root is this prefix; nothing outside it can be reached. */
  Storage scoped(String prefix) throws StorageException;

  /** A view that refuses every change with READ_ONLY. */
  Storage asReadOnly();

  /** A view that acts on somebody's behalf, for the audit record. */
  Storage with(CallContext context);
}
