package io.diskmap.nfs;

import io.diskmap.ErrorKind;
import io.diskmap.StorageException;
import io.diskmap.nfs.UnstableWrites.Kept;
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
import io.diskmap.spi.Chunk;
import io.diskmap.spi.Crc32c;
import io.diskmap.spi.staged.RemoteFile;
import io.diskmap.spi.staged.RemoteStat;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * An open file on the export.
 *
 * <p>Thread-safe. Writes are unstable; {@link #sync} commits them and compares the server's mark of
 * its memory with each write's. Where they differ the server was restarted in between: chunks that
 * are kept are written again, other bytes are read back, and only what is there in full is
 * committed again. While chunks are written one of their writers commits, so that not much is kept.
 * A lost connection or session does not end the file, because the session sends again and the
 * client opens again.
 */
final class NfsFile implements RemoteFile {
  private static final int COMMIT_EVERY = 256;
  private static final int MAX_COMMITS = 16;
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
    write(offset, data, OptionalInt.empty(), null, call);
  }

  @Override
  public void write(long offset, ByteBuffer data, int crc32c, Call call) throws StorageException {
    write(offset, data, OptionalInt.of(crc32c), null, call);
  }

  /** Keeps the chunk until it is committed, so that it can be written again. */
  @Override
  public void write(long offset, Chunk chunk, Call call) throws StorageException {
    try {
      write(offset, chunk.data(), OptionalInt.of(chunk.crc32c()), chunk, call);
    } finally {
      chunk.acknowledged();
    }
  }

  private void write(
      long offset, ByteBuffer data, OptionalInt crc32c, @Nullable Chunk chunk, Call call)
      throws StorageException {
    int size = sessions.ioSize(wsize, sessions.root(call).maxWrite());
    ByteBuffer left = data.duplicate();
    long at = offset;
    long last = 0;
    while (left.hasRemaining()) {
      ByteBuffer piece = left.slice(left.position(), Math.min(size, left.remaining()));
      long acquaintance = sessions.client().acquaintance();
      WriteResult result = writeOnce(at, piece, call);
      int count = taken(result, piece.remaining());
      if (!result.durable()) {
        boolean known = crc32c.isPresent() && count == data.remaining();
        int crc = known ? crc32c.getAsInt() : Crc32c.of(piece.slice(0, count));
        Kept kept = chunk == null ? null : new Kept(chunk.retain(), (int) (at - offset));
        Run run = new Run(result.verifier(), acquaintance);
        last = unstable.add(new Write(at, count, crc, run, kept));
      }
      at += count;
      left.position(left.position() + count);
    }
    if (last > 0) {
      bound(last, chunk != null && share.isFull(), call);
    }
  }

  /** Commits where more is uncommitted than there should be. */
  private void bound(long last, boolean full, Call call) throws StorageException {
    if (full) {
      commitUpTo(last, call);
      return;
    }
    while ((unstable.isCommitDue() || unstable.count() >= COMMIT_EVERY)
        && unstable.tryBeginSync()) {
      try {
        commitAll(call);
      } finally {
        unstable.endSync();
      }
    }
  }

  /** Waits until a write and all before it are on stable storage. */
  private void commitUpTo(long last, Call call) throws StorageException {
    unstable.beginSync(call);
    try {
      if (!unstable.isSettled(last)) {
        commitAll(call);
      }
    } finally {
      unstable.endSync();
    }
  }

  /** Takes note of a write that came with the open. */
  void wrote(ByteBuffer bytes, WriteResult result, long acquaintance) {
    if (!result.durable()) {
      Run run = new Run(result.verifier(), acquaintance);
      unstable.add(new Write(0, bytes.remaining(), Crc32c.of(bytes), run, null));
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
    unstable.beginSync(call);
    try {
      commitAll(call);
    } finally {
      unstable.endSync();
    }
  }

  /** Commits what was written so far, and what of it the server has lost once more. */
  private void commitAll(Call call) throws StorageException {
    for (int attempt = 1; ; attempt++) {
      List<Write> all = unstable.all();
      Run run = commit(all, call);
      boolean settled = true;
      for (int i = 0; i < all.size(); i++) {
        if (!all.get(i).taken().equals(run)) {
          settled = false;
          unstable.replace(i, again(all.get(i), run, call));
          call.progressed();
        }
      }
      if (settled) {
        unstable.forget(all.size());
        return;
      }
      if (attempt >= MAX_COMMITS) {
        throw lostBytes();
      }
    }
  }

  /** Commits within one run of the server. */
  private Run commit(List<Write> all, Call call) throws StorageException {
    long start = all.stream().mapToLong(Write::offset).min().orElse(0);
    long end = all.stream().mapToLong(w -> w.offset() + w.length()).max().orElse(0);
    int count = end - start <= Integer.MAX_VALUE ? (int) (end - start) : 0;
    while (true) {
      long acquaintance = sessions.client().acquaintance();
      long verifier =
          sessions.call(
              file,
              Request.of(
                  out -> out.putFh(file.handle()).commit(count == 0 ? 0 : start, count),
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

  /**
   * What an earlier run of the server took goes to this one too: written again where the bytes are
   * kept, else read back, because a restart alone loses nothing.
   */
  private Write again(Write write, Run run, Call call) throws StorageException {
    Kept kept = unstable.hold(write);
    if (kept == null) {
      if (crcOf(write, call) != write.crc()) {
        throw lostBytes();
      }
      return write.takenIn(run);
    }
    try {
      return rewritten(write, kept.bytes(write.length()), run, call);
    } finally {
      kept.chunk().release();
    }
  }

  /** Stays in doubt where the server is restarted in the middle. */
  private Write rewritten(Write write, ByteBuffer bytes, Run run, Call call)
      throws StorageException {
    boolean taken = true;
    int size = sessions.ioSize(wsize, sessions.root(call).maxWrite());
    while (bytes.hasRemaining()) {
      ByteBuffer piece = bytes.slice(bytes.position(), Math.min(size, bytes.remaining()));
      long acquaintance = sessions.client().acquaintance();
      WriteResult result = writeOnce(write.offset() + bytes.position(), piece, call);
      taken &= result.durable() || new Run(result.verifier(), acquaintance).equals(run);
      bytes.position(bytes.position() + taken(result, piece.remaining()));
    }
    return taken ? write.takenIn(run) : write;
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
    boolean whole = isNew && unstable.count() == 0 && data.remaining() <= size;
    if (!whole && end.sync() && data.remaining() <= size) {
      return endDurably(new Completion(end.offset(), own(data), end.mode(), true), call);
    }
    if (!whole) {
      write(end.offset(), data, call);
      if (end.sync() || !unstable.isOfOneRun()) {
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
      unstable.forget(before.size());
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
