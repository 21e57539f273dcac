package io.diskmap.spi.tree;

import io.diskmap.StorageException;

/**
 * Takes the names of one directory while it is scanned.
 *
 * <p>For one thread. Each method tells whether the scan goes on; once it says no, the scan ends.
 */
public interface EntrySink {
  /** A name whose kind the store did not tell. */
  boolean name(String name) throws StorageException;

  /** A name with all that a listing needs, where the store gives it for free. */
  boolean entry(String name, TreeEntry entry) throws StorageException;

  /**
   * A stored name that is no text: not valid UTF-8, or not representable.
   *
   * @param shown the name as far as it can be told
   */
  boolean foreign(String shown) throws StorageException;

  /** Forgets all that came: the scan could not go on and gives every name again. */
  void startOver();
}
