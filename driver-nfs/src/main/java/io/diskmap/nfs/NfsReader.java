package io.diskmap.nfs;

import io.diskmap.ByteRange;
import io.diskmap.ErrorKind;
import io.diskmap.FileMetadata;
import io.diskmap.StorageException;
import io.diskmap.nfs.v4.Attributes;
import io.diskmap.nfs.v4.NfsStatusException;
import io.diskmap.nfs.v4.OpenFile;
import io.diskmap.nfs.v4.Pending;
import io.diskmap.nfs.v4.Status;
import io.diskmap.spi.Call;
import io.diskmap.spi.Chunk;
import io.diskmap.spi.ChunkPool;
import io.diskmap.spi.StorageReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads one version of a file, with several READs under way ahead of the caller.
 *
 * <p>For one thread. The server holds the file open, so a replaced one stays readable. Each READ
 * tells size and time of the last write, so a file that is changed in place is noticed. The number
 * of READs ahead doubles as the caller goes on, up to the option {@code in_flight}; memory beyond
 * the first piece is taken only where the pool has it at once.
 */
final class NfsReader implements StorageReader {
  private static final int FIRST_WINDOW = 4;

  /** What the reader was opened with, and what came with the open. */
  record Opened(OpenFile file, Attributes attributes, ByteBuffer head, FileMetadata metadata) {}

  private record Piece(ReadPiece request, Chunk chunk, Pending<ReadPiece.Result> pending) {}

  private final NfsSessions sessions;
  private final OpenFile file;
  private final FileMetadata metadata;
  private final long size;
  private final Instant modified;
  private final ByteRange range;
  private final Call call;
  private final ChunkPool.Lease lease;
  private final int pieceSize;
  private final int maxWindow;
  private final Deque<Piece> ahead = new ArrayDeque<>();
  private ByteBuffer current;
  private @Nullable Chunk currentChunk;
  private int window;
  private long next;
  private long left;
  private boolean closed;

  NfsReader(
      NfsSessions sessions,
      Opened opened,
      ByteRange range,
      Call call,
      ChunkPool chunks,
      int pieceSize,
      int maxWindow) {
    this.sessions = sessions;
    this.file = opened.file();
    this.metadata = opened.metadata();
    this.size = opened.attributes().size();
    this.modified = opened.attributes().modified();
    this.range = range;
    this.call = call;
    this.lease = chunks.lease();
    this.pieceSize = pieceSize;
    this.maxWindow = maxWindow;
    this.window = Math.min(FIRST_WINDOW, maxWindow);
    this.current = opened.head();
    if (current.remaining() > range.length()) {
      current.limit(current.position() + (int) range.length());
    }
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
    int count = Math.min(target.remaining(), current.remaining());
    target.put(current.slice(current.position(), count));
    current.position(current.position() + count);
    left -= count;
    if (!current.hasRemaining()) {
      letCurrentGo();
    }
    return count;
  }

  private void advance() throws StorageException {
    call.check();
    letCurrentGo();
    fillAhead();
    Piece piece = ahead.removeFirst();
    boolean taken = false;
    try {
      finish(piece);
      current = piece.chunk().buffer().duplicate().position(0).limit(piece.request().length);
      currentChunk = piece.chunk();
      taken = true;
    } finally {
      if (!taken) {
        piece.pending().end();
        piece.chunk().release();
      }
    }
    window = Math.min(maxWindow, window * 2);
    call.progressed();
    fillAhead();
  }

  private void letCurrentGo() {
    Chunk done = currentChunk;
    currentChunk = null;
    current = ByteBuffer.allocate(0);
    if (done != null) {
      done.release();
    }
  }

  private void fillAhead() throws StorageException {
    long end = range.offset() + range.length();
    while (next < end && ahead.size() < window) {
      int length = (int) Math.min(pieceSize, end - next);
      Optional<Chunk> chunk =
          ahead.isEmpty() && currentChunk == null
              ? Optional.of(lease.acquire(length, call))
              : lease.tryAcquire(length);
      if (chunk.isEmpty()) {
        return;
      }
      ReadPiece request = new ReadPiece(file, next, length, chunk.get(), 0);
      ahead.addLast(new Piece(request, chunk.get(), sessions.client().start(request)));
      next += length;
    }
  }

  /** Waits for a piece, and asks for the rest of one that the server cut short. */
  private void finish(Piece piece) throws StorageException {
    int filled = 0;
    int length = piece.request().length;
    try {
      ReadPiece.Result result = first(piece);
      while (true) {
        requireSameVersion(result.attributes());
        filled += result.count();
        if (filled >= length) {
          return;
        }
        if (result.count() == 0) {
          throw changed(null);
        }
        ReadPiece rest =
            new ReadPiece(
                file, piece.request().offset + filled, length - filled, piece.chunk(), filled);
        result = sessions.client().call(file, rest, sessions.client().patience(call));
      }
    } catch (NfsStatusException e) {
      throw e.isAny(Status.STALE, Status.FHEXPIRED, Status.NOENT) ? changed(e) : NfsErrors.of(e);
    } catch (IOException e) {
      throw NfsErrors.of(e);
    }
  }

  /** The piece that is under way; where the open file was forgotten, it is opened and read anew. */
  private ReadPiece.Result first(Piece piece) throws IOException {
    try {
      return piece.pending().await(sessions.client().patience(call));
    } catch (NfsStatusException e) {
      return sessions.client().call(file, piece.request(), sessions.client().patience(call));
    }
  }

  private void requireSameVersion(Attributes now) throws StorageException {
    if (now.size() != size || !now.modified().equals(modified)) {
      throw changed(null);
    }
  }

  private static StorageException changed(@Nullable Throwable cause) {
    return StorageException.of(
        ErrorKind.CHANGED_DURING_READ,
        "The file was changed while it was read; read it again from the start.",
        cause);
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    letCurrentGo();
    for (Piece piece : ahead) {
      piece.pending().end();
      piece.chunk().release();
    }
    ahead.clear();
    sessions.client().close(file);
  }
}
