package io.diskmap;

import java.nio.ByteBuffer;
import java.util.List;

/**
 * A chunked save: init, chunks in any order and from several threads, commit (clause S8).
 *
 * <p>Nothing is visible before {@link #commit}. {@link #close} without a commit aborts; {@link
 * #detach} keeps the staged chunks, so that {@link Storage#resumeUpload} goes on with the id alone,
 * also in another process. Every method but {@code close} may be called by several threads.
 */
public interface Upload extends AutoCloseable {
  /**
   * The id that {@link Storage#resumeUpload} takes; letters, digits, {@code .}, {@code _}, {@code
   * -}.
   */
  String id();

  /** Where the file will be. */
  StoragePath path();

  /** How long every chunk but the last is; a chunk starts at a multiple of it. */
  int chunkSize();

  /** Stores one chunk from a buffer, as {@link #write(long, Content)} does. */
  default void write(long offset, ByteBuffer chunk) throws StorageException {
    write(offset, Content.of(chunk));
  }

  /**
   * Stores one chunk; when it returns, the chunk outlives a kill of this process and of the server.
   *
   * <p>The same bytes at the same offset again are accepted; other bytes there end in
   * PRECONDITION_FAILED, a wrong offset or length in LENGTH_MISMATCH. After a failure the same
   * chunk may be sent again.
   */
  void write(long offset, Content chunk) throws StorageException;

  /**
   * Stores one chunk that must have this checksum, as {@link #write(long, Content)} does; bytes
   * with another one end in CHECKSUM_MISMATCH and are not stored.
   */
  void write(long offset, Content chunk, Checksum expected) throws StorageException;

  /** The ranges that are stored, in order and joined. */
  List<ByteRange> received() throws StorageException;

  /**
   * Publishes the file, whole or not at all.
   *
   * <p>A gap ends in LENGTH_MISMATCH and leaves the upload as it is. A repeat within 24 hours, also
   * by another process, gives the same answer.
   *
   * @param length of the whole file
   */
  FileMetadata commit(long length) throws StorageException;

  /**
   * Gives the upload up and removes what is staged; safe to repeat, nothing to do after a commit.
   */
  void abort() throws StorageException;

  /** Lets go of the upload and keeps what is staged; closing afterwards does nothing. */
  void detach() throws StorageException;

  /** Aborts unless committed or detached. */
  @Override
  void close() throws StorageException;
}
