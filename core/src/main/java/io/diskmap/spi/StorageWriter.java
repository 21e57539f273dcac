package io.diskmap.spi;

import io.diskmap.ByteRange;
import io.diskmap.FileMetadata;
import io.diskmap.StorageException;
import io.diskmap.StoragePath;
import java.util.List;
import java.util.Optional;

/**
 * A save on its way: staged chunks, then one commit.
 *
 * <p>Thread-safe: chunks may come from several threads and in any order. Every chunk but the last
 * is exactly {@link #chunkSize} long at a multiple of it. A failure shows at the next call and
 * poisons the writer: every call after it but {@link #detach} and {@link #close} fails with the
 * same kind.
 */
public interface StorageWriter extends AutoCloseable {
  /** Finds the save again, from any process. */
  UploadId id();

  /** Where it will be published. */
  StoragePath path();

  /** How long a chunk is. */
  int chunkSize();

  /**
   * Takes a sealed chunk and its ownership, and releases it when the store has acknowledged it or
   * the writer has failed; a writer that may have to send it again keeps it longer, {@linkplain
   * Chunk#acknowledged and says so}. Waits only while the driver's window is full.
   *
   * <p>The same bytes at an offset again are accepted; other bytes end in PRECONDITION_FAILED
   * without poisoning the writer.
   */
  void write(long offset, Chunk chunk, Call call) throws StorageException;

  /**
   * Takes a chunk that stays in its file until it leaves, as {@link #write} would take it whole;
   * the file must stay open until {@link #flush} returns or the writer is closed.
   *
   * @return false where the store takes whole chunks only, which is the default; nothing was done
   */
  default boolean writeDeparting(long offset, DepartingChunk chunk, Call call)
      throws StorageException {
    return false;
  }

  /**
   * Begins a chunk of this length that is staged while it arrives, as {@link #write} would stage it
   * whole; empty where the store takes whole chunks only, which is the default.
   */
  default Optional<ArrivingChunk> arriving(long offset, int length, Call call)
      throws StorageException {
    return Optional.empty();
  }

  /**
   * Waits until every chunk taken so far is acknowledged and would survive a kill of both sides.
   */
  void flush(Call call) throws StorageException;

  /** The ranges that survive a kill of client and server, in order and joined; asks the store. */
  List<ByteRange> received(Call call) throws StorageException;

  /**
   * Publishes the file in one step, durable as the request asks, and ends the writer.
   *
   * <p>Verifies length, condition and checksums first: a refusal leaves the target as it was. A
   * lost answer is settled by looking; OUTCOME_UNKNOWN where that cannot tell. A repeat within 24
   * hours on any process, through {@code resumeWrite} of the same id, gives the same answer.
   */
  FileMetadata commit(CommitRequest request) throws StorageException;

  /** Keeps what is staged for {@code resumeWrite}; closing afterwards does nothing. */
  void detach(Call call) throws StorageException;

  /**
   * Without a commit or detach: removes what is staged. Throws nothing; what it cannot remove is
   * swept.
   */
  @Override
  void close();
}
