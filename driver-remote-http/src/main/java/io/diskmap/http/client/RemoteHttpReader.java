package io.diskmap.http.client;

import io.diskmap.ByteRange;
import io.diskmap.ErrorKind;
import io.diskmap.FileMetadata;
import io.diskmap.StorageException;
import io.diskmap.http.protocol.MalformedException;
import io.diskmap.spi.Call;
import io.diskmap.spi.StorageReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import okio.BufferedSource;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of one version, as one response body brings them. For one thread. A body that ends
 * early is UNAVAILABLE, after which the core goes on with a range of the same version.
 */
final class RemoteHttpReader implements StorageReader {
  private final FileMetadata metadata;
  private final ByteRange range;
  private final Call call;
  private final RemoteHttpSessions.@Nullable Exchange exchange;
  private long position;
  private boolean closed;

  /** A reader over an answer that has begun; without one there is nothing to read. */
  RemoteHttpReader(
      FileMetadata metadata,
      ByteRange range,
      Call call,
      RemoteHttpSessions.@Nullable Exchange exchange)
      throws MalformedException {
    this.metadata = metadata;
    this.range = range;
    this.call = call;
    this.exchange = exchange;
    if (exchange != null && exchange.body().contentLength() != range.length()) {
      throw new MalformedException("the length of a download is not what was asked for");
    }
  }

  @Override
  public FileMetadata metadata() {
    return metadata;
  }

  @Override
  public ByteRange range() {
    return range;
  }

  @Override
  public int read(ByteBuffer target) throws StorageException {
    if (closed) {
      throw StorageException.of(ErrorKind.CLOSED, "The reader is closed.");
    }
    if (exchange == null || position == range.length()) {
      return -1;
    }
    BufferedSource source = exchange.body().source();
    InterruptWatch.Entry entry = exchange.reading();
    try {
      int count = source.read(target);
      while (count > 0 && target.hasRemaining() && !source.getBuffer().exhausted()) {
        int more = source.read(target);
        count += Math.max(0, more);
      }
      if (count < 0) {
        throw new IOException("the body of the download ended early");
      }
      position += count;
      call.progressed();
      if (position == range.length()) {
        exchange.complete();
      }
      return count;
    } catch (IOException e) {
      throw exchange.failure(e);
    } finally {
      entry.leave();
    }
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      if (exchange != null) {
        exchange.close();
      }
    }
  }
}
