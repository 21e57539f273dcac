package io.diskmap.nfs.rpc;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * The bytes of a connection, in both directions. One thread reads while another writes; neither
 * waits.
 */
public interface Wire extends AutoCloseable {
  /** Reads what is there; 0 where nothing is, -1 at the end. */
  int read(ByteBuffer target) throws IOException;

  /** Writes what fits. */
  long write(ByteBuffer[] source, int offset, int count) throws IOException;

  /** Sends what it has taken and still holds; whether nothing of it is left. */
  default boolean flush() throws IOException {
    return true;
  }

  /** Waits until there is something to read or {@link #wakeUp} is called; for the reader. */
  void await(boolean orWritable) throws IOException;

  /** Ends the reader's wait. */
  void wakeUp();

  @Override
  void close();
}
