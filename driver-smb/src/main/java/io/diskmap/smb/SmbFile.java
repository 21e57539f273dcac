package io.diskmap.smb;

import io.diskmap.ErrorKind;
import io.diskmap.StorageException;
import io.diskmap.smb.wire.Answers;
import io.diskmap.smb.wire.Close;
import io.diskmap.smb.wire.Create;
import io.diskmap.smb.wire.FileId;
import io.diskmap.smb.wire.FileInfo;
import io.diskmap.smb.wire.Flush;
import io.diskmap.smb.wire.Ioctl;
import io.diskmap.smb.wire.Pending;
import io.diskmap.smb.wire.QueryInfo;
import io.diskmap.smb.wire.Read;
import io.diskmap.smb.wire.Request;
import io.diskmap.smb.wire.SetInfo;
import io.diskmap.smb.wire.SmbConnection;
import io.diskmap.smb.wire.Write;
import io.diskmap.spi.Call;
import io.diskmap.spi.staged.RemoteFile;
import io.diskmap.spi.staged.RemoteStat;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.UnaryOperator;

/**
 * An open file, on one connection until a large transfer wants more.
 *
 * <p>Thread-safe. Answers that are shorter than asked for are normal: the rest is asked for again.
 */
final class SmbFile implements RemoteFile {
  private static final int COPY_CHUNK = 1 << 20;
  private static final int COPY_CHUNKS = 16;

  private final SmbSessions sessions;
  private final SmbOptions options;
  private final SmbConnection connection;
  private final FileId file;
  private final String name;
  private final long number;
  private final Dating dating;
  private final UnaryOperator<String> remote;
  private final Handles handles;
  private final AtomicBoolean closed = new AtomicBoolean();

  /**
   * An open file.
   *
   * @param name of the server
   * @param info what the server told of it
   * @param access that it was opened with
   * @param remote makes the server's form of a path
   */
  SmbFile(
      SmbSessions sessions,
      SmbOptions options,
      Handles.Handle opened,
      String name,
      FileInfo info,
      int access,
      UnaryOperator<String> remote) {
    this.sessions = sessions;
    this.options = options;
    this.connection = opened.connection();
    this.file = opened.file();
    this.name = name;
    this.number = info.id();
    this.dating = Dating.of(name, info);
    this.remote = remote;
    this.handles = new Handles(sessions, opened, name, number, access);
  }

  private Answers call(Call call, Request<?>... compound) throws StorageException {
    try {
      return connection.call(sessions.patience(call), compound).orFail();
    } catch (IOException e) {
      throw SmbErrors.of(e);
    }
  }

  private <T> T answer(Call call, Request<T> request) throws StorageException {
    try {
      return connection.call(sessions.patience(call), request).of(request);
    } catch (IOException e) {
      throw SmbErrors.of(e);
    }
  }

  private record Piece(Write write, long offset, ByteBuffer data, Pending pending) {}

  @Override
  public void write(long offset, ByteBuffer data, Call call) throws StorageException {
    write(offset, data, dating, call);
  }

  private void write(long offset, ByteBuffer data, Dating dating, Call call)
      throws StorageException {
    int size = Math.min(options.wsize(), connection.maxWrite());
    Deque<Piece> underWay = new ArrayDeque<>();
    try {
      for (int at = 0; at < data.remaining(); at += size) {
        int length = Math.min(size, data.remaining() - at);
        if (underWay.size() >= options.inFlight()) {
          finish(underWay, dating, call);
        }
        underWay.addLast(
            begin(offset + at, data.slice(data.position() + at, length), dating, call));
      }
      while (!underWay.isEmpty()) {
        finish(underWay, dating, call);
      }
    } finally {
      underWay.forEach(piece -> piece.pending().end());
    }
  }

  private Piece begin(long offset, ByteBuffer data, Dating dating, Call call)
      throws StorageException {
    Handles.Handle handle = handles.pick(data.remaining(), call);
    Write write = new Write(handle.file(), offset, data);
    try {
      dating.hold(handle, sessions.patience(call));
      Pending pending = handle.connection().start(sessions.patience(call), write);
      return new Piece(write, offset, data, pending);
    } catch (IOException e) {
      throw SmbErrors.of(e);
    }
  }

  private void finish(Deque<Piece> underWay, Dating dating, Call call) throws StorageException {
    Piece piece = underWay.element();
    int count;
    try {
      count = piece.pending().await(sessions.patience(call)).of(piece.write());
    } catch (IOException e) {
      throw SmbErrors.of(e);
    }
    underWay.removeFirst();
    call.progressed();
    if (count < piece.data().remaining()) {
      if (count <= 0) {
        throw StorageException.of(
            ErrorKind.NO_SPACE, "The SMB server takes no more bytes; make room on it.");
      }
      ByteBuffer rest = piece.data().duplicate();
      rest.position(rest.position() + count);
      underWay.addFirst(begin(piece.offset() + count, rest.slice(), dating, call));
      finish(underWay, dating, call);
    }
  }

  @Override
  public int read(long offset, ByteBuffer target, Call call) throws StorageException {
    int size = Math.min(options.rsize(), connection.maxRead());
    int total = 0;
    while (target.hasRemaining()) {
      ByteBuffer part = target.slice(target.position(), Math.min(size, target.remaining()));
      int count = answer(call, new Read(file, offset + total, part));
      if (count == 0) {
        break;
      }
      target.position(target.position() + count);
      total += count;
      call.progressed();
    }
    return total;
  }

  @Override
  public RemoteStat stat(Call call) throws StorageException {
    FileInfo info = answer(call, QueryInfo.all(file));
    return SmbStats.of(info);
  }

  @Override
  public void sync(Call call) throws StorageException {
    answer(call, new Flush(file));
  }

  /** The server's own rules decide who may do what. */
  @Override
  public void setMode(int mode, Call call) {}

  @Override
  public RemoteStat later(RemoteStat current, Call call) throws StorageException {
    call(call, SetInfo.modified(file, current.modified().plusSeconds(1)));
    return stat(call);
  }

  /** The last bytes, their flush and the close in one round trip, where they fit. */
  @Override
  public RemoteStat complete(Completion end, Call call) throws StorageException {
    ByteBuffer data = end.data();
    int size = Math.min(options.wsize(), connection.maxWrite());
    boolean fits = data.hasRemaining() && data.remaining() <= size;
    SmbEnding ending = new SmbEnding(sessions, connection, name, end);
    if (fits && (dating.isHeld() || end.others().isPresent())) {
      finish(call);
      return ending.anew(number, call);
    }
    handles.closeFurther(call);
    if (fits && sessions.mayFlushInside()) {
      return ending.on(file, number, () -> closed.set(true), call);
    }
    if (data.hasRemaining()) {
      write(end.offset(), data, Dating.USUAL, call);
    }
    if (end.sync()) {
      sync(call);
    }
    Close.Closed left = answer(call, new Close(file));
    closed.set(true);
    return SmbStats.file(number, left.size(), left.modified());
  }

  private static <T> T of(Answers answers, Request<T> request) throws StorageException {
    try {
      return answers.of(request);
    } catch (IOException e) {
      throw SmbErrors.of(e);
    }
  }

  @Override
  public boolean copyFrom(String source, long size, Call call) throws StorageException {
    Create open = Create.openFile(remote.apply(source), Create.READ_DATA | Create.READ_ATTRIBUTES);
    Ioctl<byte[]> key = Ioctl.sourceKey(FileId.RELATED);
    Answers answers;
    try {
      answers = connection.call(sessions.patience(call), open, key);
    } catch (IOException e) {
      throw SmbErrors.of(e);
    }
    FileId from = of(answers, open).file();
    try {
      byte[] sourceKey = answers.of(key);
      return copy(sourceKey, size, call);
    } catch (StorageException e) {
      throw e;
    } catch (IOException unsupported) {
      return false;
    } finally {
      connection.closeQuietly(from);
    }
  }

  private boolean copy(byte[] key, long size, Call call) throws StorageException {
    int chunk = COPY_CHUNK;
    int chunks = COPY_CHUNKS;
    long done = 0;
    while (done < size) {
      List<Ioctl.Chunk> parts = new ArrayList<>();
      long at = done;
      while (at < size && parts.size() < chunks) {
        int length = (int) Math.min(chunk, size - at);
        parts.add(new Ioctl.Chunk(at, at, length));
        at += length;
      }
      Ioctl.Copied copied;
      try {
        Ioctl<Ioctl.Copied> request = Ioctl.copy(file, key, parts);
        copied = connection.call(sessions.patience(call), request).of(request);
      } catch (io.diskmap.smb.wire.SmbStatusException e) {
        StorageException failure = SmbErrors.of(e);
        if (failure.kind() == ErrorKind.UNSUPPORTED) {
          return false;
        }
        throw failure;
      } catch (IOException e) {
        throw SmbErrors.of(e);
      }
      boolean smaller = copied.chunks() < chunks || copied.chunkBytes() < chunk;
      if (!copied.isDone() && (!smaller || copied.chunks() < 1 || copied.chunkBytes() < 1)) {
        return false;
      }
      if (copied.isDone()) {
        if (copied.bytes() <= 0) {
          return false;
        }
        done += copied.bytes();
        call.progressed();
      } else {
        chunk = Math.min(chunk, copied.chunkBytes());
        chunks = Math.min(chunks, copied.chunks());
      }
    }
    return true;
  }

  @Override
  public void finish(Call call) throws StorageException {
    if (!closed.get()) {
      handles.closeAll(call);
      closed.set(true);
    }
  }

  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      handles.closeQuietly();
    }
  }
}
