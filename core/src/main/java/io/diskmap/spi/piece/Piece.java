package io.diskmap.spi.piece;

import io.diskmap.StorageException;

/** Bytes of a file that were asked for. For one thread, which awaits them or gives them up. */
public interface Piece {
  /**
   * Waits until all of them are in the chunk that they were asked for with.
   *
   * @throws StorageException when they cannot be had: CHANGED_DURING_READ where the file is not
   *     what it was when it was opened, as far as the answer tells
   */
  void await() throws StorageException;

  /** Gives them up; the reader gives its hold on the chunk back after that. */
  void end();
}
