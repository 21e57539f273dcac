package io.diskmap.sshfs;

import io.diskmap.ByteRange;
import io.diskmap.ErrorKind;
import io.diskmap.FileMetadata;
import io.diskmap.StorageException;
import io.diskmap.spi.Call;
import io.diskmap.spi.StorageReader;
import io.diskmap.spi.staged.RemoteStat;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads one version of a file, with many requests under way ahead of the caller.
 *
 * <p>For one thread. The server holds the file open, so a replaced one stays readable. Behind the
 * last request goes a look at the open file, so one that was changed in place is noticed; a server
 * that looks at the name instead lets a replaced or deleted file seem changed. How much is asked
 * ahead doubles as the caller goes on, as far as all readers together leave room.
 */
final class SshfsReader implements StorageReader {
  private static final int FIRST_AHEAD = 4;
  private static final int MOST_AHEAD = 32;

  /** A part of the file that was asked for, and how much room it has taken for that. */
  private record Piece(long offset, int length, int room, Exchange exchange) {}

  private final SftpChannel channel;
  private final byte[] handle;
  private final Waiting waiting;
  private final FileMetadata metadata;
  private final RemoteStat pinned;
  private final ByteRange range;
  private final Call call;
  private final boolean sequential;
  private final ReadAhead room;
  private final Deque<Piece> ahead = new ArrayDeque<>();
  private ByteBuffer current = ByteBuffer.allocate(0);
  private int currentRoom;
  private @Nullable Exchange lastLook;
  private int most = FIRST_AHEAD;
  private long next;
  private long left;
  private boolean closed;

  /** What a reader reads and how. */
  record Source(
      SftpChannel channel,
      byte[] handle,
      RemoteStat pinned,
      FileMetadata metadata,
      boolean sequential,
      ReadAhead room) {}

  /** A reader whose first requests leave with the bundle. */
  SshfsReader(Source source, ByteRange range, Waiting waiting, Bundle first) {
    this.channel = source.channel();
    this.handle = source.handle();
    this.waiting = waiting;
    this.call = waiting.call();
    this.metadata = source.metadata();
    this.pinned = source.pinned();
    this.sequential = source.sequential();
    this.room = source.room();
    this.range = range;
    this.next = range.offset();
    this.left = range.length();
    if (sequential) {
      ask(0, first);
    } else {
      first.send();
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
      throw StorageException.of(ErrorKind.CLOSED, "The reader is closed; open the file again.");
    }
    if (left == 0) {
      return -1;
    }
    if (!target.hasRemaining()) {
      return 0;
    }
    if (!current.hasRemaining()) {
      advance(target.remaining());
    }
    int count = Math.min(target.remaining(), current.remaining());
    target.put(current.slice(current.position(), count));
    current.position(current.position() + count);
    left -= count;
    if (left == 0) {
      requireUnchanged();
    }
    return count;
  }

  private void advance(int wanted) throws StorageException {
    call.check();
    ask(wanted);
    Piece piece = ahead.removeFirst();
    room.giveBack(currentRoom);
    currentRoom = piece.room();
    SftpReply reply = waiting.await(piece.exchange());
    if (reply.status() == Sftp.EOF) {
      throw changed();
    }
    ByteBuffer data = reply.data();
    if (data.remaining() > piece.length() || !data.hasRemaining()) {
      throw changed();
    }
    if (data.remaining() < piece.length()) {
      int gap = piece.length() - data.remaining();
      long at = piece.offset() + data.remaining();
      ahead.addFirst(new Piece(at, gap, 0, SshfsFile.sendRead(channel, handle, at, gap)));
      lastLook = null;
    }
    current = data;
    most = Math.min(MOST_AHEAD, most * 2);
    call.progressed();
    ask(wanted);
  }

  private void ask(int wanted) {
    ask(wanted, new Bundle(channel));
  }

  /** A file of one request is asked for in one piece; of more, each leaves at once. */
  private void ask(int wanted, Bundle first) {
    Bundle bundle = first;
    long end = range.offset() + range.length();
    int limit = channel.extensions().readBytes();
    int size = sequential ? limit : Math.max(1, Math.min(limit, wanted));
    int depth = sequential ? most : 1;
    while (next < end && ahead.size() < depth) {
      int length = (int) Math.min(size, end - next);
      int taken = ahead.isEmpty() ? 0 : length;
      if (taken > 0 && !room.take(taken)) {
        break;
      }
      Exchange exchange = SshfsFile.addRead(bundle, handle, next, length);
      ahead.addLast(new Piece(next, length, taken, exchange));
      next += length;
      if (range.length() > length) {
        bundle.send();
        bundle = new Bundle(channel);
      }
    }
    if (next == end && lastLook == null) {
      lastLook = bundle.add(SftpRequest.of(Sftp.FSTAT, handle));
    }
    bundle.send();
  }

  private void requireUnchanged() throws StorageException {
    Exchange look = lastLook;
    if (look == null) {
      look = channel.begin(SftpRequest.of(Sftp.FSTAT, handle));
    }
    Optional<RemoteStat> now = Batch.stat(waiting.await(look));
    if (now.filter(pinned::isSame).isEmpty()) {
      throw changed();
    }
  }

  private static StorageException changed() {
    return StorageException.of(
        ErrorKind.CHANGED_DURING_READ,
        "The file was changed while it was read; read it again from the start.");
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      room.giveBack(currentRoom);
      ahead.forEach(piece -> room.giveBack(piece.room()));
      ahead.clear();
      current = ByteBuffer.allocate(0);
      channel.tell(SftpRequest.of(Sftp.CLOSE, handle));
    }
  }
}
