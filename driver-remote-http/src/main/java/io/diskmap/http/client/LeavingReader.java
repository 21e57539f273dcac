package io.diskmap.http.client;

import io.diskmap.ByteRange;
import io.diskmap.FileMetadata;
import io.diskmap.StorageException;
import io.diskmap.spi.StorageReader;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * A download that is told to the server when it is left early. For one thread.
 *
 * <p>One that broke off is not left: the core may go on with the rest of it.
 */
final class LeavingReader implements StorageReader {
  private final StorageReader reader;
  private final Consumer<CompletableFuture<Void>> farewell;
  private long position;
  private boolean brokenOff;
  private boolean closed;

  /** The farewell is given the end of the last request. */
  LeavingReader(StorageReader reader, Consumer<CompletableFuture<Void>> farewell) {
    this.reader = reader;
    this.farewell = farewell;
  }

  @Override
  public FileMetadata metadata() {
    return reader.metadata();
  }

  @Override
  public ByteRange range() {
    return reader.range();
  }

  @Override
  public int read(ByteBuffer target) throws StorageException {
    try {
      int count = reader.read(target);
      position += Math.max(0, count);
      return count;
    } catch (StorageException e) {
      brokenOff |= e.kind().isTransient();
      throw e;
    }
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    reader.close();
    if (position < reader.range().length() && !brokenOff) {
      farewell.accept(
          reader instanceof RemoteHttpReadAhead several
              ? several.ended()
              : CompletableFuture.completedFuture(null));
    }
  }
}
