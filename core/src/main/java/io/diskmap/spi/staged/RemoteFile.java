package io.diskmap.spi.staged;

import io.diskmap.StorageException;
import io.diskmap.spi.Call;
import io.diskmap.spi.Chunk;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * An open file on a server.
 *
 * <p>Thread-safe: reads and writes are positional and may overlap. A connection that breaks ends
 * it: everything fails with UNAVAILABLE from then on, and the user opens the file again.
 */
public interface RemoteFile extends AutoCloseable {
  /**
   * Writes all bytes, several requests at once where they are many; returns once all are
   * acknowledged.
   */
  void write(long offset, ByteBuffer data, Call call) throws StorageException;

  /** The same where the CRC-32C of the bytes is known already. */
  default void write(long offset, ByteBuffer data, int crc32c, Call call) throws StorageException {
    write(offset, data, call);
  }

  /**
   * The same with a chunk, which the file may keep for itself until its bytes are on stable
   * storage.
   */
  default void write(long offset, Chunk chunk, Call call) throws StorageException {
    write(offset, chunk.data(), chunk.crc32c(), call);
  }

  /** Reads until the buffer is full or the file ends; answers how many bytes came. */
  int read(long offset, ByteBuffer target, Call call) throws StorageException;

  /**
   * Fills the file from the start with this many bytes of another one, inside the server; false
   * where the protocol cannot, and nothing was written.
   */
  default boolean copyFrom(String source, long length, Call call) throws StorageException {
    return false;
  }

  /** What the server tells of the open file. */
  RemoteStat stat(Call call) throws StorageException;

  /** Puts what was acknowledged on stable storage; nothing where the server has no such request. */
  void sync(Call call) throws StorageException;

  /** Sets the permission bits. */
  void setMode(int mode, Call call) throws StorageException;

  /** Moves the time of modification on by a second beyond this one. */
  RemoteStat later(RemoteStat current, Call call) throws StorageException;

  /** Closes the file and hears the server's answer, which can tell of writes that were lost. */
  void finish(Call call) throws StorageException;

  /** Lets the file go without waiting for an answer; after {@link #finish} nothing. */
  @Override
  void close();

  /**
   * Ends the writing of a file that has all its bytes but those given here: writes them, dates the
   * file now, sets the mode, makes it durable, looks at it and closes it.
   */
  default RemoteStat complete(Completion end, Call call) throws StorageException {
    if (end.data().hasRemaining()) {
      write(end.offset(), end.data(), call);
    }
    if (end.mode().isPresent()) {
      setMode(end.mode().getAsInt(), call);
    }
    if (end.sync()) {
      sync(call);
    }
    RemoteStat stat = stat(call);
    finish(call);
    return stat;
  }

  /**
   * How a file ends.
   *
   * @param offset where the last bytes go
   * @param data the last bytes; none only for an empty file
   * @param mode the permission bits, where they are to change
   * @param sync whether the content is to be durable
   * @param others the server's time, or a little earlier, where another process or connection had
   *     the file in hand too, so that the server may still carry out something for it that would
   *     date the file after its end
   */
  record Completion(
      long offset, ByteBuffer data, OptionalInt mode, boolean sync, Optional<Instant> others) {
    /** The end of a file that nobody else had in hand. */
    public Completion(long offset, ByteBuffer data, OptionalInt mode, boolean sync) {
      this(offset, data, mode, sync, Optional.empty());
    }
  }
}
