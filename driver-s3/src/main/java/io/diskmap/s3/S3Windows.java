package io.diskmap.s3;

import io.diskmap.ByteRange;
import io.diskmap.ErrorKind;
import io.diskmap.FileMetadata;
import io.diskmap.StorageException;
import io.diskmap.VersionTag;
import io.diskmap.spi.Call;
import io.diskmap.spi.Chunk;
import io.diskmap.spi.ChunkPool;
import io.diskmap.spi.StorageReader;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;

/**
 * A reader that fetches windows of a file side by side, for a store that is far away.
 *
 * <p>For one thread; each window is filled by a worker. The first window is an answer that is open
 * already; the others name its version, so all belong together. Memory for windows ahead is taken
 * only where it is free, and always in the order in which they are read.
 */
final class S3Windows implements StorageReader {
  /** How long a window is. */
  static final int WINDOW = 4 * 1024 * 1024;

  /** A window on its way. */
  private record Window(Chunk chunk, Future<Chunk> filling) {}

  private final S3Store store;
  private final String key;
  private final VersionTag version;
  private final ByteRange range;
  private final Call call;
  private final ChunkPool.Lease lease;
  private final Deque<Window> ahead = new ArrayDeque<>();
  private @Nullable FileMetadata metadata;
  private @Nullable S3Stream first;
  private @Nullable Window current;
  private @Nullable ByteBuffer data;
  private long asked;
  private long given;
  private volatile boolean closed;

  S3Windows(
      S3Store store,
      String key,
      VersionTag version,
      ByteRange range,
      S3Stream first,
      long firstLength,
      Call call) {
    this.store = store;
    this.key = key;
    this.version = version;
    this.range = range;
    this.first = first;
    this.asked = firstLength;
    this.call = call;
    this.lease = store.sessions().context().chunks().lease();
  }

  /** What the file is, before anybody has the reader. */
  void tell(FileMetadata file) {
    metadata = file;
  }

  @Override
  public FileMetadata metadata() {
    return Objects.requireNonNull(metadata);
  }

  @Override
  public ByteRange range() {
    return range;
  }

  @Override
  public int read(ByteBuffer target) throws StorageException {
    if (given == range.length()) {
      return -1;
    }
    askAhead();
    S3Stream opening = first;
    if (opening != null) {
      int count = opening.read(target);
      if (count >= 0) {
        given += count;
        return count;
      }
      opening.close();
      first = null;
    }
    ByteBuffer bytes = data;
    if (bytes == null || !bytes.hasRemaining()) {
      bytes = next();
    }
    int count = Math.min(target.remaining(), bytes.remaining());
    target.put(bytes.slice(bytes.position(), count));
    bytes.position(bytes.position() + count);
    given += count;
    return count;
  }

  private ByteBuffer next() throws StorageException {
    drop();
    askAhead();
    Window window = ahead.poll();
    if (window == null) {
      window = ask(lease.acquire(length(), call));
    }
    current = window;
    Chunk filled = S3Tasks.get(window.filling, call);
    ByteBuffer bytes = filled.data();
    data = bytes;
    return bytes;
  }

  /** Asks for windows as long as there is memory at once. */
  void askAhead() throws StorageException {
    while (asked < range.length() && ahead.size() < store.options().parallelism()) {
      Optional<Chunk> chunk = lease.tryAcquire(length());
      if (chunk.isEmpty()) {
        return;
      }
      ahead.add(ask(chunk.get()));
    }
  }

  private int length() {
    return (int) Math.min(WINDOW, range.length() - asked);
  }

  private Window ask(Chunk chunk) throws StorageException {
    long from = range.offset() + asked;
    int length = length();
    asked += length;
    chunk.retain();
    boolean handed = false;
    try {
      Future<Chunk> filling = store.sessions().submit(() -> fill(chunk, from, length));
      handed = true;
      return new Window(chunk, filling);
    } finally {
      if (!handed) {
        chunk.release();
        chunk.release();
      }
    }
  }

  /** Fills a chunk, which the worker owns too until it ends. */
  private Chunk fill(Chunk chunk, long from, int length) throws StorageException {
    try {
      GetObjectRequest.Builder request =
          GetObjectRequest.builder()
              .bucket(store.bucket())
              .key(key)
              .range("bytes=" + from + "-" + (from + length - 1))
              .ifMatch(S3Probe.quoted(version.value()));
      store.encryption().apply(request);
      GetObjectRequest built = request.build();
      requireGoing();
      try (S3Stream stream = S3Stream.open(store, built, call)) {
        if (stream.response().contentLength() != length) {
          throw StorageException.of(
              ErrorKind.UNAVAILABLE, "The store gave another range than it was asked for.");
        }
        ByteBuffer buffer = chunk.buffer();
        while (buffer.hasRemaining() && stream.read(buffer) >= 0) {
          requireGoing();
        }
      }
      return chunk.seal();
    } catch (StorageException e) {
      throw switch (e.kind()) {
        case PRECONDITION_FAILED, NOT_FOUND ->
            StorageException.of(
                ErrorKind.CHANGED_DURING_READ,
                "The file was replaced while it was read; read it again from the start.",
                e);
        default -> e;
      };
    } finally {
      chunk.release();
    }
  }

  private void requireGoing() throws StorageException {
    if (closed) {
      throw StorageException.of(ErrorKind.CANCELLED, "The download was closed.");
    }
  }

  private void drop() {
    Window window = current;
    current = null;
    data = null;
    if (window != null) {
      window.chunk.release();
    }
  }

  @Override
  public void close() {
    closed = true;
    S3Stream opening = first;
    first = null;
    if (opening != null) {
      opening.close();
    }
    drop();
    for (Window window : ahead) {
      window.chunk.release();
    }
    ahead.clear();
  }
}
