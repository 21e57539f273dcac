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
  private static final int BLOCK = 64 * 1024;

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
    WaitWatch.Entry entry = exchange.waiting();
    try {
      int count = read(source, target);
      position += count;
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

  /**
   * Reads a block: OkHttp gives at most 8 KiB at a time, which the guard of a wait would cost as
   * much as to move. What has come before a failure is given; the next read meets that again.
   */
  private int read(BufferedSource source, ByteBuffer target) throws IOException {
    int count = 0;
    while (count < BLOCK && target.hasRemaining() && position + count < range.length()) {
      int more;
      try {
        more = source.read(target);
      } catch (IOException e) {
        if (count > 0) {
          break;
        }
        throw e;
      }
      if (more < 0) {
        if (count > 0) {
          break;
        }
        throw new IOException("the body of the download ended early");
      }
      count += more;
      call.progressed();
    }
    return count;
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
