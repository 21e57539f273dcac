package io.diskmap.nfs;

import io.diskmap.ErrorKind;
import io.diskmap.StorageException;
import io.diskmap.nfs.UnstableWrites.Run;
import io.diskmap.nfs.UnstableWrites.Write;
import io.diskmap.nfs.v4.NfsStatusException;
import io.diskmap.nfs.v4.OpReader.ReadResult;
import io.diskmap.nfs.v4.OpReader.WriteResult;
import io.diskmap.nfs.v4.OpenFile;
import io.diskmap.nfs.v4.Request;
import io.diskmap.nfs.v4.StateId;
import io.diskmap.nfs.v4.Status;
import io.diskmap.spi.Call;
import io.diskmap.spi.Crc32c;
import io.diskmap.spi.staged.RemoteFile;
import io.diskmap.spi.staged.RemoteStat;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * An open file on the export.
 *
 * <p>Thread-safe. Writes are unstable; {@link #sync} commits them and compares the server's mark of
 * its memory with each write's. Where they differ the server was restarted in between: the bytes
 * are read back, and only what is there in full is committed again. A lost connection or session
 * does not end the file, because the session sends again and the client opens again.
 */
final class NfsFile implements RemoteFile {
  private static final int COMMIT_EVERY = 256;
  private static final int MAX_COMMITS = 5;
  private static final int BLOCK = 64 * 1024;

  private final NfsStore store;
  private final NfsSessions sessions;
  private final OpenFile file;
  private final int wsize;
  private final UnstableWrites.Share share;
  private final UnstableWrites unstable;
  private final boolean isNew;
  private final AtomicBoolean closed = new AtomicBoolean();

  /** An open file of a store; a new one has had no writer before. */
  NfsFile(NfsStore store, OpenFile file, boolean isNew) {
    this.store = store;
    this.sessions = store.sessions;
    this.file = file;
    this.wsize = store.options.wsize();
    this.share = store.unstable;
    this.unstable = share.of(file.handle());
    this.isNew = isNew;
  }

  @Override
  public void write(long offset, ByteBuffer data, Call call) throws StorageException {
    write(offset, data, OptionalInt.empty(), call);
  }

  @Override
  public void write(long offset, ByteBuffer data, int crc32c, Call call) throws StorageException {
    write(offset, data, OptionalInt.of(crc32c), call);
  }

  private void write(long offset, ByteBuffer data, OptionalInt crc32c, Call call)
      throws StorageException {
    int size = sessions.ioSize(wsize, sessions.root(call).maxWrite());
    ByteBuffer left = data.duplicate();
    long at = offset;
    int kept = 0;
    while (left.hasRemaining()) {
      ByteBuffer piece = left.slice(left.position(), Math.min(size, left.remaining()));
      long acquaintance = sessions.client().acquaintance();
      WriteResult result = writeOnce(at, piece, call);
      int count = taken(result, piece.remaining());
      if (!result.durable()) {
        boolean known = crc32c.isPresent() && count == data.remaining();
        int crc = known ? crc32c.getAsInt() : Crc32c.of(piece.slice(0, count));
        kept = unstable.add(new Write(at, count, crc, new Run(result.verifier(), acquaintance)));
      }
      at += count;
      left.position(left.position() + count);
    }
    if (kept >= COMMIT_EVERY) {
      sync(call);
    }
  }

  /** Takes note of a write that came with the open. */
  void wrote(ByteBuffer bytes, WriteResult result, long acquaintance) {
    if (!result.durable()) {
      unstable.add(
          new Write(
              0, bytes.remaining(), Crc32c.of(bytes), new Run(result.verifier(), acquaintance)));
    }
  }

  private static int taken(WriteResult result, int length) throws StorageException {
    if (result.count() <= 0 || result.count() > length) {
      throw StorageException.of(
          ErrorKind.UNKNOWN, "The NFS server claims to have written what it was not given.");
    }
    return (int) result.count();
  }

  private WriteResult writeOnce(long offset, ByteBuffer bytes, Call call) throws StorageException {
    WriteRequest request = new WriteRequest(file, offset, bytes);
    try {
      return sessions.call(file, request, call);
    } finally {
      request.awaitLetGo();
    }
  }

  @Override
  public int read(long offset, ByteBuffer target, Call call) throws StorageException {
    int size = sessions.ioSize(BLOCK, sessions.root(call).maxRead());
    int total = 0;
    boolean more = true;
    while (more && target.hasRemaining()) {
      long at = offset + total;
      int count = Math.min(size, target.remaining());
      ByteBuffer block = ByteBuffer.allocate(count);
      ReadResult result =
          sessions.call(
              file,
              Request.of(
                  out -> out.putFh(file.handle()).read(file.state(), at, count),
                  in -> in.putFh().read(block.clear())),
              call);
      target.put(block.flip());
      total += result.count();
      more = result.count() > 0 && !result.end();
    }
    return total;
  }

  @Override
  public boolean copyFrom(String source, long length, Call call) throws StorageException {
    ServerCopy kind = sessions.serverCopy(call);
    if (kind == ServerCopy.NONE || !isNew) {
      return false;
    }
    try (RemoteFile opened = store.openToRead(source, call)) {
      return opened instanceof NfsFile from
          && new CopyInside(sessions, from.file, file).copy(kind, length, call);
    }
  }

  @Override
  public RemoteStat stat(Call call) throws StorageException {
    return sessions.call(
        file,
        Request.of(
            out -> out.putFh(file.handle()).getAttr(), in -> NfsStats.of(in.putFh().getAttr())),
        call);
  }

  @Override
  public void sync(Call call) throws StorageException {
    unstable.beginSync();
    try {
      for (int attempt = 1; ; attempt++) {
        List<Write> all = unstable.all();
        Run run = commit(call);
        boolean same = all.stream().allMatch(write -> write.taken().equals(run));
        if (same || isStillThere(all, run, call)) {
          unstable.forget(all);
          return;
        }
        if (attempt >= MAX_COMMITS) {
          throw lostBytes();
        }
      }
    } finally {
      unstable.endSync();
    }
  }

  /** Commits within one run of the server. */
  private Run commit(Call call) throws StorageException {
    while (true) {
      long acquaintance = sessions.client().acquaintance();
      long verifier =
          sessions.call(
              file,
              Request.of(
                  out -> out.putFh(file.handle()).commit(0, 0),
                  in -> {
                    in.putFh();
                    return in.commit();
                  }),
              call);
      if (acquaintance == sessions.client().acquaintance()) {
        return new Run(verifier, acquaintance);
      }
    }
  }

  /** Reads back what an earlier run of the server took, and commits it in this one. */
  private boolean isStillThere(List<Write> all, Run run, Call call) throws StorageException {
    for (Write write : all) {
      if (!write.taken().equals(run) && crcOf(write, call) != write.crc()) {
        throw lostBytes();
      }
      call.progressed();
    }
    return commit(call).equals(run);
  }

  private int crcOf(Write write, Call call) throws StorageException {
    ByteBuffer bytes = ByteBuffer.allocate(write.length());
    if (read(write.offset(), bytes, call) < write.length()) {
      throw lostBytes();
    }
    return Crc32c.of(bytes.flip());
  }

  private static StorageException lostBytes() {
    return StorageException.of(
        ErrorKind.UNAVAILABLE,
        "The NFS server was restarted and has lost bytes that were on their way to its disk; save"
            + " again.");
  }

  @Override
  public void setMode(int mode, Call call) throws StorageException {
    sessions.call(
        file,
        Request.repeatableChange(
            out -> out.putFh(file.handle()).setMode(StateId.NONE, mode),
            in -> in.putFh().setAttr()),
        call);
  }

  @Override
  public RemoteStat later(RemoteStat current, Call call) throws StorageException {
    return sessions.call(
        file,
        Request.repeatableChange(
            out ->
                out.putFh(file.handle())
                    .setModified(file.state(), current.modified().plusSeconds(1))
                    .getAttr(),
            in -> NfsStats.of(in.putFh().setAttr().getAttr())),
        call);
  }

  @Override
  public RemoteStat complete(Completion end, Call call) throws StorageException {
    ByteBuffer data = end.data().duplicate();
    int size = sessions.ioSize(wsize, sessions.root(call).maxWrite());
    boolean whole = isNew && unstable.all().isEmpty() && data.remaining() <= size;
    if (!whole && end.sync() && data.remaining() <= size) {
      return endDurably(new Completion(end.offset(), own(data), end.mode(), true), call);
    }
    if (!whole) {
      write(end.offset(), data, call);
      if (end.sync()) {
        sync(call);
      }
      data.position(data.limit());
    }
    return end(new Completion(end.offset(), own(data), end.mode(), end.sync()), whole, call);
  }

  /** A copy of the bytes, so that an ended call holds no memory of its caller. */
  private static ByteBuffer own(ByteBuffer data) {
    return ByteBuffer.allocate(data.remaining()).put(data).flip();
  }

  /** What the server told of the last bytes, of its memory, and of the file. */
  private record Ended(WriteResult written, long verifier, RemoteStat stat) {}

  /**
   * The last bytes, COMMIT, mode and a look in one compound; the close follows without a wait,
   * since nothing can be lost with it any more.
   */
  private RemoteStat endDurably(Completion end, Call call) throws StorageException {
    List<Write> before = unstable.all();
    long acquaintance = sessions.client().acquaintance();
    Ended ended = commitEnd(end, call);
    Run run = new Run(ended.verifier(), acquaintance);
    boolean settled =
        acquaintance == sessions.client().acquaintance()
            && ended.written().count() == end.data().remaining()
            && (ended.written().durable() || ended.written().verifier() == ended.verifier())
            && before.stream().allMatch(write -> write.taken().equals(run));
    RemoteStat stat = ended.stat();
    if (settled) {
      unstable.forget(before);
    } else {
      write(end.offset(), end.data(), call);
      sync(call);
      stat = stat(call);
    }
    close();
    return stat;
  }

  private Ended commitEnd(Completion end, Call call) throws StorageException {
    boolean hasData = end.data().hasRemaining();
    return sessions.call(
        file,
        Request.repeatableChange(
            out -> {
              out.putFh(file.handle());
              if (hasData) {
                out.write(file.state(), end.offset(), false, end.data());
              }
              out.commit(0, 0);
              end.mode().ifPresent(mode -> out.setMode(StateId.NONE, mode));
              out.getAttr();
            },
            in -> {
              in.putFh();
              WriteResult written = hasData ? in.write() : new WriteResult(0, true, 0);
              long verifier = in.commit();
              if (end.mode().isPresent()) {
                in.setAttr();
              }
              return new Ended(written, verifier, NfsStats.of(in.getAttr()));
            }),
        call);
  }

  /** The last bytes, mode, a look and the close in one compound. */
  private RemoteStat end(Completion end, boolean dates, Call call) throws StorageException {
    boolean hasData = end.data().hasRemaining();
    RemoteStat stat =
        sessions.call(
            file,
            Request.repeatableChange(
                out -> {
                  StateId state = file.state();
                  out.putFh(file.handle());
                  if (hasData) {
                    out.write(state, end.offset(), end.sync(), end.data());
                  } else if (dates) {
                    out.touch(state);
                  }
                  end.mode().ifPresent(mode -> out.setMode(StateId.NONE, mode));
                  out.getAttr().close(state);
                },
                in -> {
                  in.putFh();
                  if (hasData) {
                    in.write();
                  } else if (dates) {
                    in.setAttr();
                  }
                  if (end.mode().isPresent()) {
                    in.setAttr();
                  }
                  RemoteStat found = NfsStats.of(in.getAttr());
                  in.close();
                  return found;
                }),
            call);
    ended();
    return stat;
  }

  private void ended() {
    if (closed.compareAndSet(false, true)) {
      share.leave(file.handle());
      sessions.client().closed(file);
    }
  }

  @Override
  public void finish(Call call) throws StorageException {
    if (closed.get()) {
      return;
    }
    try {
      sessions
          .client()
          .call(
              Request.repeatableChange(
                  out -> out.putFh(file.handle()).close(file.state()), in -> in.putFh().close()),
              sessions.client().patience(call));
    } catch (NfsStatusException e) {
      boolean forgotten =
          e.isAny(
              Status.BAD_STATEID,
              Status.STALE_STATEID,
              Status.OLD_STATEID,
              Status.EXPIRED,
              Status.ADMIN_REVOKED,
              Status.STALE);
      if (!forgotten) {
        throw NfsErrors.of(e);
      }
    } catch (IOException e) {
      throw NfsErrors.of(e);
    }
    ended();
  }

  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      share.leave(file.handle());
      sessions.client().close(file);
    }
  }
}
