package io.diskmap.internal.memory;

import io.diskmap.ByteRange;
import io.diskmap.ErrorKind;
import io.diskmap.StorageException;
import io.diskmap.StoragePath;
import io.diskmap.spi.Chunk;
import io.diskmap.spi.Crc32c;
import io.diskmap.spi.WriteRequest;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The staged chunks of one unfinished save.
 *
 * <p>Thread-safe. A commit holds {@link #lock} from the check of the chunks to the publication, so
 * that no chunk and no abort comes between.
 */
final class MemoryUpload {
  private record Piece(byte[] bytes, int crc32c) {}

  private final StoragePath path;
  private final WriteRequest request;
  private final int chunkSize;
  private final ReentrantLock lock = new ReentrantLock();
  private final TreeMap<Long, Piece> pieces = new TreeMap<>();
  private volatile Instant lastActivity;
  private boolean ended;

  MemoryUpload(StoragePath path, WriteRequest request, int chunkSize, Instant now) {
    this.path = path;
    this.request = request;
    this.chunkSize = chunkSize;
    this.lastActivity = now;
  }

  StoragePath path() {
    return path;
  }

  WriteRequest request() {
    return request;
  }

  int chunkSize() {
    return chunkSize;
  }

  Instant lastActivity() {
    return lastActivity;
  }

  ReentrantLock lock() {
    return lock;
  }

  /** Whether it is committed or aborted. */
  boolean isEnded() {
    lock.lock();
    try {
      return ended;
    } finally {
      lock.unlock();
    }
  }

  /** Stages a chunk. */
  void put(long offset, Chunk chunk, Instant now, MemorySpace space) throws StorageException {
    requirePlace(offset, chunk.length());
    lock.lock();
    try {
      if (ended) {
        throw gone();
      }
      lastActivity = now;
      if (chunk.length() == 0) {
        return;
      }
      Piece existing = pieces.get(offset);
      if (existing != null) {
        requireSame(existing, chunk);
        return;
      }
      space.take(chunk.length());
      byte[] copy = new byte[chunk.length()];
      chunk.data().get(copy);
      pieces.put(offset, new Piece(copy, chunk.crc32c()));
    } finally {
      lock.unlock();
    }
  }

  private void requirePlace(long offset, int length) throws StorageException {
    if (offset < 0 || offset % chunkSize != 0 || length > chunkSize) {
      throw StorageException.of(
          ErrorKind.LENGTH_MISMATCH,
          "A chunk starts at a multiple of %d bytes and has at most as many.".formatted(chunkSize));
    }
    if (request.length().isPresent() && length > 0) {
      long whole = request.length().getAsLong();
      if (length != Math.min(chunkSize, whole - offset)) {
        throw StorageException.of(
            ErrorKind.LENGTH_MISMATCH,
            "The chunk does not have the length that its place in a file of %d bytes asks for."
                .formatted(whole));
      }
    }
  }

  private static void requireSame(Piece staged, Chunk chunk) throws StorageException {
    if (!chunk.data().equals(ByteBuffer.wrap(staged.bytes))) {
      throw StorageException.of(
          ErrorKind.PRECONDITION_FAILED,
          "Other bytes are staged at this offset; abort the upload and begin another.");
    }
  }

  /** The staged ranges, in order and joined. */
  List<ByteRange> received() throws StorageException {
    lock.lock();
    try {
      if (ended) {
        throw gone();
      }
      List<ByteRange> ranges = new ArrayList<>();
      long start = 0;
      long end = 0;
      for (var piece : pieces.entrySet()) {
        if (piece.getKey() != end && end > start) {
          ranges.add(ByteRange.of(start, end - start));
        }
        start = piece.getKey() == end ? start : piece.getKey();
        end = piece.getKey() + piece.getValue().bytes.length;
      }
      if (end > start) {
        ranges.add(ByteRange.of(start, end - start));
      }
      return ranges;
    } finally {
      lock.unlock();
    }
  }

  /** All chunks as one content of this length; LENGTH_MISMATCH for a gap or another length. */
  MemoryContent content(long length) throws StorageException {
    lock.lock();
    try {
      if (ended) {
        throw gone();
      }
      byte[][] blocks = new byte[pieces.size()][];
      long end = 0;
      int crc = 0;
      int index = 0;
      for (var entry : pieces.entrySet()) {
        Piece piece = entry.getValue();
        if (entry.getKey() != end) {
          throw gapAt(end);
        }
        crc = end == 0 ? piece.crc32c : Crc32c.join(crc, piece.crc32c, piece.bytes.length);
        blocks[index++] = piece.bytes;
        end += piece.bytes.length;
      }
      if (end < length) {
        throw gapAt(end);
      }
      if (end > length) {
        throw otherLength(end, length);
      }
      if (request.length().isPresent() && request.length().getAsLong() != length) {
        throw otherLength(request.length().getAsLong(), length);
      }
      return new MemoryContent(blocks, chunkSize, length, crc);
    } finally {
      lock.unlock();
    }
  }

  /** Ends the upload; true the first time. The staged bytes stay taken in the space. */
  boolean end() {
    lock.lock();
    try {
      boolean first = !ended;
      ended = true;
      return first;
    } finally {
      lock.unlock();
    }
  }

  /** Ends the upload and gives its bytes back. */
  void abort(MemorySpace space) {
    lock.lock();
    try {
      if (end()) {
        pieces.values().forEach(piece -> space.giveBack(piece.bytes.length));
        pieces.clear();
      }
    } finally {
      lock.unlock();
    }
  }

  static StorageException gone() {
    return StorageException.of(
        ErrorKind.NOT_FOUND, "The upload does not exist: it was aborted or swept; begin another.");
  }

  private static StorageException gapAt(long offset) {
    return StorageException.of(
        ErrorKind.LENGTH_MISMATCH,
        "The bytes from %d on are missing; send them and commit again.".formatted(offset));
  }

  private static StorageException otherLength(long expected, long named) {
    return StorageException.of(
        ErrorKind.LENGTH_MISMATCH,
        "The file has %d bytes and the commit names %d.".formatted(expected, named));
  }
}
