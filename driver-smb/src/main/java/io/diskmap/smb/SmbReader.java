package io.diskmap.smb;

import io.diskmap.ByteRange;
import io.diskmap.ErrorKind;
import io.diskmap.FileMetadata;
import io.diskmap.StorageException;
import io.diskmap.smb.wire.FileId;
import io.diskmap.smb.wire.FileInfo;
import io.diskmap.smb.wire.Pending;
import io.diskmap.smb.wire.QueryInfo;
import io.diskmap.smb.wire.Read;
import io.diskmap.smb.wire.SmbConnection;
import io.diskmap.spi.Call;
import io.diskmap.spi.Chunk;
import io.diskmap.spi.ChunkPool;
import io.diskmap.spi.StorageReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads one version of a file, with several READs under way ahead of the caller.
 *
 * <p>For one thread. The file stays open, so the server keeps it as it is against a replacement;
 * one that is changed in place is noticed before the last bytes are given out. The number of READs
 * ahead doubles as the caller goes on, up to the option {@code in_flight}; memory beyond the first
 * piece is taken only where the pool has it at once.
 */
final class SmbReader implements StorageReader {
  private static final int FIRST_WINDOW = 4;

  /** What the reader was opened with; a file that came whole with its open has no handle. */
  record Opened(
      SmbConnection connection,
      Optional<FileId> file,
      String name,
      FileInfo info,
      ByteBuffer head,
      FileMetadata metadata) {}

  private record Piece(long offset, int length, Chunk chunk, Read read, Pending pending) {}

  private final SmbSessions sessions;
  private final SmbConnection connection;
  private final @Nullable FileId file;
  private final @Nullable Handles handles;
  private final FileInfo info;
  private final FileMetadata metadata;
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

  SmbReader(
      SmbSessions sessions,
      Opened opened,
      ByteRange range,
      Call call,
      ChunkPool chunks,
      int pieceSize,
      int maxWindow) {
    this.sessions = sessions;
    this.connection = opened.connection();
    this.file = opened.file().orElse(null);
    this.handles =
        opened
            .file()
            .map(id -> new Handles.Handle(opened.connection(), id))
            .map(
                first ->
                    new Handles(sessions, first, opened.name(), opened.info().id(), Opening.ACCESS))
            .orElse(null);
    this.info = opened.info();
    this.metadata = opened.metadata();
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
      if (next == range.offset() + range.length() && ahead.isEmpty()) {
        requireSameVersion();
      }
      current = piece.chunk().buffer().duplicate().position(0).limit(piece.length());
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
      boolean begun = false;
      try {
        Handles.Handle handle = handle(length);
        ByteBuffer target = chunk.get().buffer().duplicate().position(0).limit(length);
        Read read = new Read(handle.file(), next, target);
        Pending pending = handle.connection().start(sessions.patience(call), read);
        ahead.addLast(new Piece(next, length, chunk.get(), read, pending));
        begun = true;
      } catch (IOException e) {
        throw SmbErrors.of(e);
      } finally {
        if (!begun) {
          chunk.get().release();
        }
      }
      next += length;
    }
  }

  private Handles.Handle handle(int bytes) throws StorageException {
    Handles open = handles;
    if (open == null) {
      throw new IllegalStateException("a file that came whole is not read again");
    }
    return open.pick(bytes, call);
  }

  /** Waits for a piece, and asks for the rest of one that the server cut short. */
  private void finish(Piece piece) throws StorageException {
    try {
      int filled = piece.pending().await(sessions.patience(call)).of(piece.read());
      int count = filled;
      while (filled < piece.length()) {
        if (count == 0) {
          throw changed();
        }
        ByteBuffer rest = piece.chunk().buffer().duplicate().position(filled).limit(piece.length());
        Handles.Handle handle = handle(0);
        Read again = new Read(handle.file(), piece.offset() + filled, rest);
        count = handle.connection().call(sessions.patience(call), again).of(again);
        filled += count;
      }
    } catch (IOException e) {
      throw SmbErrors.of(e);
    }
  }

  private void requireSameVersion() throws StorageException {
    FileId open = file;
    if (open == null) {
      return;
    }
    QueryInfo<FileInfo> query = QueryInfo.all(open);
    try {
      FileInfo now = connection.call(sessions.patience(call), query).of(query);
      if (now.size() != info.size() || !now.modified().equals(info.modified())) {
        throw changed();
      }
    } catch (IOException e) {
      throw SmbErrors.of(e);
    }
  }

  private static StorageException changed() {
    return StorageException.of(
        ErrorKind.CHANGED_DURING_READ,
        "The file was changed while it was read; read it again from the start.");
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
    if (handles != null) {
      handles.closeQuietly();
    }
  }
}
