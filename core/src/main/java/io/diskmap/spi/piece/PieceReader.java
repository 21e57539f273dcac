package io.diskmap.spi.piece;

import io.diskmap.ByteRange;
import io.diskmap.ErrorKind;
import io.diskmap.FileMetadata;
import io.diskmap.StorageException;
import io.diskmap.spi.Call;
import io.diskmap.spi.Chunk;
import io.diskmap.spi.ChunkPool;
import io.diskmap.spi.StorageReader;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads one version of a file, with several pieces under way ahead of the caller.
 *
 * <p>For one thread. The number of pieces ahead doubles as the caller goes on, up to a bound;
 * memory beyond the first piece is taken only where the pool has it at once.
 */
public final class PieceReader implements StorageReader {
  private static final int FIRST_AHEAD = 4;

  /**
   * What is read.
   *
   * @param metadata of the version that is open
   * @param range inside the file's size
   * @param head the bytes of the range that came with the opening, or more than those
   */
  public record Content(FileMetadata metadata, ByteRange range, ByteBuffer head) {}

  /**
   * How much is asked for.
   *
   * @param length of a piece, in bytes
   * @param ahead how many pieces are under way at most
   */
  public record Pieces(int length, int ahead) {}

  private record Asked(Piece piece, Chunk chunk, int length) {
    void giveUp() {
      piece.end();
      chunk.release();
    }
  }

  private final OpenPieces file;
  private final FileMetadata metadata;
  private final ByteRange range;
  private final Pieces pieces;
  private final ChunkPool.Lease lease;
  private final Call call;
  private final Deque<Asked> ahead = new ArrayDeque<>();
  private ByteBuffer current;
  private @Nullable Chunk currentChunk;
  private int most;
  private long next;
  private long left;
  private boolean closed;

  /** A reader that closes the file with itself. */
  public PieceReader(OpenPieces file, Content content, Pieces pieces, ChunkPool chunks, Call call) {
    this.file = file;
    this.metadata = content.metadata();
    this.range = content.range();
    this.pieces = pieces;
    this.lease = chunks.lease();
    this.call = call;
    this.most = Math.min(FIRST_AHEAD, pieces.ahead());
    this.current = HeadReader.first(range.length(), content.head());
    this.next = range.offset() + current.remaining();
    this.left = range.length();
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
      throw StorageException.of(ErrorKind.CLOSED, "The reader is closed; open the file again.");
    }
    if (left == 0) {
      return -1;
    }
    if (!target.hasRemaining()) {
      return 0;
    }
    if (!current.hasRemaining()) {
      advance();
    }
    int count = HeadReader.move(current, target);
    left -= count;
    if (!current.hasRemaining()) {
      letCurrentGo();
    }
    return count;
  }

  private void advance() throws StorageException {
    call.check();
    letCurrentGo();
    askAhead();
    Asked asked = ahead.removeFirst();
    boolean taken = false;
    try {
      asked.piece().await();
      if (next == end() && ahead.isEmpty()) {
        file.requireSameVersion();
      }
      current = asked.chunk().buffer().duplicate().position(0).limit(asked.length());
      currentChunk = asked.chunk();
      taken = true;
    } finally {
      if (!taken) {
        asked.giveUp();
      }
    }
    most = Math.min(pieces.ahead(), most * 2);
    call.progressed();
    askAhead();
  }

  private long end() {
    return range.offset() + range.length();
  }

  private void letCurrentGo() {
    Chunk done = currentChunk;
    currentChunk = null;
    current = ByteBuffer.allocate(0);
    if (done != null) {
      done.release();
    }
  }

  private void askAhead() throws StorageException {
    while (next < end() && ahead.size() < most) {
      int length = (int) Math.min(pieces.length(), end() - next);
      Optional<Chunk> chunk =
          ahead.isEmpty() && currentChunk == null
              ? Optional.of(lease.acquire(length, call))
              : lease.tryAcquire(length);
      if (chunk.isEmpty()) {
        return;
      }
      ahead.addLast(ask(length, chunk.get()));
      next += length;
    }
  }

  private Asked ask(int length, Chunk chunk) throws StorageException {
    boolean asked = false;
    try {
      Asked piece = new Asked(file.ask(next, length, chunk), chunk, length);
      asked = true;
      return piece;
    } finally {
      if (!asked) {
        chunk.release();
      }
    }
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    letCurrentGo();
    ahead.forEach(Asked::giveUp);
    ahead.clear();
    file.close();
  }
}
