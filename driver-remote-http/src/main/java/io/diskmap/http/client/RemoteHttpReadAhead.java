package io.diskmap.http.client;

import io.diskmap.ByteRange;
import io.diskmap.ErrorKind;
import io.diskmap.FileMetadata;
import io.diskmap.StorageException;
import io.diskmap.spi.Call;
import io.diskmap.spi.StorageReader;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;

/**
 * The bytes of one version, as several ranges at once bring them: what fills a long line. For one
 * thread; the ranges are read by threads of the core's.
 *
 * <p>The first range is the answer to the request that told the version; every other one asks for
 * exactly that version, so that parts of two are never joined. A range that fails ends the reader,
 * after which the core goes on behind the last byte that was given.
 */
final class RemoteHttpReadAhead implements StorageReader {
  /** Asks for one range of the version that is read. */
  @FunctionalInterface
  interface Ranges {
    StorageReader open(ByteRange range) throws StorageException;
  }

  private final FileMetadata metadata;
  private final ByteRange range;
  private final Call call;
  private final StorageReader first;
  private final Ranges ranges;
  private final ExecutorService workers;
  private final ReadAheadBuffers buffers;
  private final Deque<CompletableFuture<ByteBuffer>> ahead = new ArrayDeque<>();
  private int reserved;
  private long asked;
  private long position;
  private CompletableFuture<Void> ended = CompletableFuture.completedFuture(null);
  private volatile boolean closed;

  /** A reader that owns {@code reserved} buffers and the reader of the first range. */
  RemoteHttpReadAhead(
      ByteRange range,
      Call call,
      StorageReader first,
      Ranges ranges,
      ExecutorService workers,
      ReadAheadBuffers buffers,
      int reserved) {
    this.metadata = first.metadata();
    this.range = range;
    this.call = call;
    this.first = first;
    this.ranges = ranges;
    this.workers = workers;
    this.buffers = buffers;
    this.reserved = reserved;
    this.asked = first.range().length();
    askAhead();
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
    if (position == range.length()) {
      return -1;
    }
    int count = position < first.range().length() ? first.read(target) : readAhead(target);
    position += Math.max(0, count);
    return count;
  }

  private int readAhead(ByteBuffer target) throws StorageException {
    ByteBuffer part = await(ahead.getFirst());
    int count = Math.min(part.remaining(), target.remaining());
    target.put(part.slice(part.position(), count));
    part.position(part.position() + count);
    if (!part.hasRemaining()) {
      ahead.removeFirst();
      buffers.putBack(part);
      askAhead();
    }
    call.progressed();
    return count;
  }

  private void askAhead() {
    while (ahead.size() < reserved && asked < range.length()) {
      long length = Math.min(ReadAheadBuffers.SIZE, range.length() - asked);
      ByteRange part = ByteRange.of(range.offset() + asked, length);
      CompletableFuture<ByteBuffer> result = new CompletableFuture<>();
      ahead.addLast(result);
      asked += length;
      try {
        workers.execute(() -> fetch(part, result));
      } catch (RejectedExecutionException e) {
        result.completeExceptionally(
            StorageException.of(ErrorKind.CLOSED, "The manager is closed.", e));
      }
    }
  }

  private void fetch(ByteRange part, CompletableFuture<ByteBuffer> result) {
    if (closed) {
      result.completeExceptionally(StorageException.of(ErrorKind.CLOSED, "The reader is closed."));
      return;
    }
    ByteBuffer buffer = buffers.take();
    boolean filled = false;
    try (StorageReader reader = ranges.open(part)) {
      buffer.limit((int) part.length());
      while (buffer.hasRemaining() && !closed) {
        if (reader.read(buffer) < 0) {
          throw StorageException.of(
              ErrorKind.UNAVAILABLE, "The services server ended a range early; try again.");
        }
      }
      filled = result.complete(buffer.flip());
    } catch (StorageException e) {
      result.completeExceptionally(e);
    } catch (RuntimeException | Error e) {
      result.completeExceptionally(
          StorageException.of(ErrorKind.UNKNOWN, "A range could not be read.", e));
    } finally {
      if (!filled) {
        buffers.putBack(buffer);
      }
    }
  }

  private ByteBuffer await(CompletableFuture<ByteBuffer> part) throws StorageException {
    try {
      return part.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      call.check();
      throw StorageException.of(ErrorKind.CANCELLED, "The calling thread was interrupted.", e);
    } catch (ExecutionException e) {
      if (!(e.getCause() instanceof StorageException failure)) {
        throw StorageException.of(ErrorKind.UNKNOWN, "A range could not be read.", e.getCause());
      }
      if (failure.kind() == ErrorKind.PRECONDITION_FAILED
          || failure.kind() == ErrorKind.NOT_FOUND) {
        throw StorageException.of(
            ErrorKind.CHANGED_DURING_READ,
            "The file was replaced while it was read; read it again from the start.",
            failure);
      }
      throw failure;
    }
  }

  /** The end of the last range that is still under way after the close. */
  CompletableFuture<Void> ended() {
    return ended;
  }

  /** Returns at once: ranges under way end by themselves, and their buffers with them. */
  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    first.close();
    int unused = reserved - ahead.size();
    reserved = 0;
    buffers.release(unused);
    ended = CompletableFuture.allOf(ahead.toArray(CompletableFuture[]::new));
    for (CompletableFuture<ByteBuffer> part : ahead) {
      part.whenComplete(
          (buffer, failure) -> {
            if (buffer != null) {
              buffers.putBack(buffer);
            }
            buffers.release(1);
          });
    }
    ahead.clear();
  }
}
