package io.diskmap.spi.piece;

import io.diskmap.StorageException;
import io.diskmap.spi.Chunk;

/** An open file whose bytes can be asked for in pieces. For one thread. */
public interface OpenPieces {
  /**
   * Asks for bytes of the file and does not wait for them.
   *
   * @param offset in the file
   * @param length at least 1, and at most what the chunk holds
   * @param chunk where they come to, from its start; the reader holds it until the piece has come
   *     or was given up
   */
  Piece ask(long offset, int length, Chunk chunk) throws StorageException;

  /**
   * Refuses a file that is not what it was when it was opened; called before the last bytes are
   * given out. Nothing is left to do where each piece tells.
   *
   * @throws StorageException CHANGED_DURING_READ
   */
  default void requireSameVersion() throws StorageException {}

  /** Closes the file. Never throws. */
  void close();
}
