package io.diskmap.sshfs;

import io.diskmap.ErrorKind;
import io.diskmap.StorageException;
import io.diskmap.spi.Call;
import io.diskmap.spi.staged.RemoteFile;
import io.diskmap.spi.staged.RemoteStat;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * An open file of the server, on one channel, or for a long write over a slow line on several.
 *
 * <p>Thread-safe. The server lets each channel have two megabytes on the way, which bounds one
 * channel by the round-trip time; several carry as many times more.
 */
final class SshfsFile implements RemoteFile {
  /** From this round-trip time on, several channels are faster than one. */
  private static final long SLOW_NANOS = Duration.ofMillis(3).toNanos();

  private static final int STRIPES = 4;

  /** What a server lets one channel have on the way, in units of its load. */
  private static final long FULL = 64;

  private static final int READS = 16;
  private static final long COPY_STEP = 64L << 20;

  private final SshfsStore store;
  private final String path;
  private final SftpChannel first;
  private final byte[] firstHandle;
  private final Map<SftpChannel, byte[]> handles = new ConcurrentHashMap<>();
  private final AtomicReference<@Nullable CompletableFuture<@Nullable Void>> spreading =
      new AtomicReference<>();
  private final AtomicBoolean closed = new AtomicBoolean();

  SshfsFile(SshfsStore store, String path, SftpChannel channel, byte[] handle) {
    this.store = store;
    this.path = path;
    this.first = channel;
    this.firstHandle = handle;
    handles.put(channel, handle);
  }

  private Waiting waiting(Call call) {
    return store.sessions().waiting(call);
  }

  private void requireOpen() throws StorageException {
    if (closed.get()) {
      throw StorageException.of(ErrorKind.CLOSED, "The file is closed.");
    }
    if (!first.isOpen()) {
      throw SshfsErrors.of(new IOException("the channel of the open file has ended"));
    }
  }

  @Override
  public void write(long offset, ByteBuffer data, Call call) throws StorageException {
    requireOpen();
    if (first.roundTripNanos() > SLOW_NANOS && data.remaining() > first.extensions().writeBytes()) {
      spread(call);
    }
    Map.Entry<SftpChannel, byte[]> lightest = null;
    for (Map.Entry<SftpChannel, byte[]> each : handles.entrySet()) {
      if (each.getKey().isOpen()
          && (lightest == null || each.getKey().load() < lightest.getKey().load())) {
        lightest = each;
      }
    }
    if (lightest == null) {
      throw SshfsErrors.of(new IOException("the channels of the open file have ended"));
    }
    Bundle bundle = new Bundle(lightest.getKey());
    List<Exchange> sent = addWrites(bundle, lightest.getValue(), offset, data);
    bundle.send();
    Waiting waiting = waiting(call);
    for (Exchange each : sent) {
      acknowledged(waiting.await(each), call);
      call.progressed();
    }
  }

  private static List<Exchange> addWrites(
      Bundle bundle, byte[] handle, long offset, ByteBuffer data) {
    ByteBuffer left = data.duplicate();
    int limit = bundle.channel().extensions().writeBytes();
    int pieces = (left.remaining() + limit - 1) / limit;
    int size = pieces == 0 ? 0 : (left.remaining() + pieces - 1) / pieces;
    List<Exchange> sent = new ArrayList<>(pieces);
    long at = offset;
    while (left.hasRemaining()) {
      int length = Math.min(size, left.remaining());
      ByteBuffer piece = left.slice(left.position(), length);
      sent.add(bundle.add(SftpRequest.write(handle, at, piece)));
      left.position(left.position() + length);
      at += length;
    }
    return sent;
  }

  private void acknowledged(SftpReply reply, Call call) throws StorageException {
    if (!reply.isOk()) {
      throw store.batch(first, call).toldOfWrite(reply);
    }
  }

  /**
   * Opens the file on further channels, while there are fewer than wanted. Whoever comes meanwhile
   * goes on with those there are, or waits where more would only queue on them.
   */
  private void spread(Call call) throws StorageException {
    if (handles.size() >= STRIPES) {
      return;
    }
    CompletableFuture<@Nullable Void> mine = new CompletableFuture<>();
    CompletableFuture<@Nullable Void> other = spreading.compareAndExchange(null, mine);
    if (other != null) {
      if (first.load() >= FULL) {
        waiting(call).awaitOther(other);
      }
      return;
    }
    try {
      openFurther(call);
    } finally {
      spreading.set(null);
      mine.complete(null);
    }
  }

  private void openFurther(Call call) throws StorageException {
    Set<SftpChannel> used = new HashSet<>(handles.keySet());
    Deque<Exchange> opening = new ArrayDeque<>();
    Optional<SftpChannel> further = store.sessions().another(used);
    while (further.isPresent() && used.size() < STRIPES) {
      used.add(further.get());
      opening.add(
          further
              .get()
              .begin(
                  SftpRequest.of(Sftp.OPEN, store.root().absolute(path))
                      .number(Sftp.READ_FLAG | Sftp.WRITE_FLAG)
                      .number(0)));
      further = used.size() < STRIPES ? store.sessions().another(used) : Optional.empty();
    }
    try {
      while (!opening.isEmpty()) {
        Exchange opened = opening.remove();
        try {
          SftpReply reply = waiting(call).await(opened);
          if (reply.isOk()) {
            handles.put(opened.channel(), reply.handle());
          }
        } catch (StorageException e) {
          if (e.kind() == ErrorKind.CANCELLED) {
            throw e;
          }
        }
      }
    } finally {
      opening.forEach(Exchange::abandon);
    }
    if (closed.get()) {
      closeFurther();
    }
  }

  @Override
  public int read(long offset, ByteBuffer target, Call call) throws StorageException {
    requireOpen();
    Waiting waiting = waiting(call);
    int limit = first.extensions().readBytes();
    int start = target.position();
    int wanted = target.remaining();
    Deque<Exchange> ahead = new ArrayDeque<>();
    int asked = 0;
    int got = 0;
    while (got < wanted) {
      while (asked < wanted && ahead.size() < READS) {
        int length = Math.min(limit, wanted - asked);
        ahead.add(sendRead(first, firstHandle, offset + asked, length));
        asked += length;
      }
      int expected = Math.min(limit, wanted - got);
      SftpReply reply = waiting.await(ahead.remove());
      if (reply.status() == Sftp.EOF) {
        break;
      }
      ByteBuffer data = reply.data();
      int count = Math.min(data.remaining(), expected);
      target.put(data.slice(0, count));
      got += count;
      call.progressed();
      if (count < expected) {
        ahead.clear();
        asked = got;
        if (count == 0) {
          break;
        }
      }
    }
    target.position(start + got);
    return got;
  }

  /** The server copies in steps, so that each answer comes in time. */
  @Override
  public boolean copyFrom(String source, long length, Call call) throws StorageException {
    requireOpen();
    if (!first.extensions().has(SftpExtensions.COPY_DATA)) {
      return false;
    }
    Waiting waiting = waiting(call);
    Batch batch = store.batch(first, call);
    Exchange opened =
        batch.send(
            SftpRequest.of(Sftp.OPEN, store.root().absolute(source))
                .number(Sftp.READ_FLAG)
                .number(0));
    List<Exchange> looks = batch.sendLooks(RemoteRoot.parents(source));
    byte[] from = batch.await(opened).handle();
    try {
      RemoteRoot.Way way = batch.way(looks);
      if (way != RemoteRoot.Way.CLEAR) {
        throw Batch.blocked(way);
      }
      for (long at = 0; at < length; at += COPY_STEP) {
        SftpRequest step =
            SftpRequest.extended(SftpExtensions.COPY_DATA)
                .text(from)
                .number64(at)
                .number64(Math.min(COPY_STEP, length - at))
                .text(firstHandle)
                .number64(at);
        SftpReply reply = waiting.await(first.begin(step));
        if (reply.status() == Sftp.OP_UNSUPPORTED) {
          return false;
        }
        acknowledged(reply, call);
        call.progressed();
      }
      return true;
    } finally {
      first.tell(SftpRequest.of(Sftp.CLOSE, from));
    }
  }

  static Exchange sendRead(SftpChannel channel, byte[] handle, long offset, int length) {
    return channel.begin(read(handle, offset, length), length);
  }

  static Exchange addRead(Bundle bundle, byte[] handle, long offset, int length) {
    return bundle.add(read(handle, offset, length), length);
  }

  private static SftpRequest read(byte[] handle, long offset, int length) {
    return SftpRequest.of(Sftp.READ, handle).number64(offset).number(length);
  }

  @Override
  public RemoteStat stat(Call call) throws StorageException {
    requireOpen();
    return waiting(call)
        .await(first.begin(SftpRequest.of(Sftp.FSTAT, firstHandle)))
        .attributes()
        .stat();
  }

  @Override
  public void sync(Call call) throws StorageException {
    requireOpen();
    if (first.extensions().has(SftpExtensions.FSYNC)) {
      acknowledged(waiting(call).await(first.begin(fsync())), call);
    }
  }

  /** Durable content was promised by what the server could do when the disk was opened. */
  private void requireFsync() throws StorageException {
    if (!first.extensions().has(SftpExtensions.FSYNC)) {
      throw StorageException.of(
          ErrorKind.UNSUPPORTED,
          "The server has fsync@openssh.com no more, and the save was to be durable; open the disk"
              + " again.");
    }
  }

  private SftpRequest fsync() {
    return SftpRequest.extended(SftpExtensions.FSYNC).text(firstHandle);
  }

  @Override
  public void setMode(int mode, Call call) throws StorageException {
    requireOpen();
    waiting(call).await(first.begin(mode(mode))).orThrow();
  }

  private SftpRequest mode(int mode) {
    return SftpRequest.of(Sftp.FSETSTAT, firstHandle).number(Sftp.ATTR_MODE).number(mode);
  }

  @Override
  public RemoteStat later(RemoteStat current, Call call) throws StorageException {
    requireOpen();
    int next = (int) (current.modified().getEpochSecond() + 1);
    waiting(call)
        .await(
            first.begin(
                SftpRequest.of(Sftp.FSETSTAT, firstHandle)
                    .number(Sftp.ATTR_TIMES)
                    .number(next)
                    .number(next)))
        .orThrow();
    return stat(call);
  }

  /** The last bytes, mode, sync, look and close go out together. */
  @Override
  public RemoteStat complete(Completion end, Call call) throws StorageException {
    requireOpen();
    Waiting waiting = waiting(call);
    Bundle bundle = new Bundle(first);
    List<Exchange> writes = new ArrayList<>();
    if (end.data().hasRemaining()) {
      writes.addAll(addWrites(bundle, firstHandle, end.offset(), end.data()));
    } else {
      writes.add(
          bundle.add(
              SftpRequest.of(Sftp.FSETSTAT, firstHandle).number(Sftp.ATTR_SIZE).number64(0)));
    }
    boolean brief = writes.size() == 1;
    if (end.mode().isPresent()) {
      writes.add(bundle.add(mode(end.mode().getAsInt())));
    }
    if (end.sync()) {
      requireFsync();
      writes.add(bundle.add(fsync()));
    }
    Exchange look = bundle.add(SftpRequest.of(Sftp.FSTAT, firstHandle));
    Exchange close = null;
    boolean last = closed.compareAndSet(false, true);
    if (last) {
      closeFurther();
      close = bundle.add(SftpRequest.of(Sftp.CLOSE, firstHandle));
    }
    bundle.send();
    if (brief) {
      waiting.settle(bundle.exchanges());
    }
    for (Exchange each : writes) {
      acknowledged(waiting.await(each), call);
      call.progressed();
    }
    RemoteStat stat = waiting.await(look).attributes().stat();
    if (close != null) {
      acknowledged(waiting.await(close), call);
    }
    return stat;
  }

  @Override
  public void finish(Call call) throws StorageException {
    if (closed.compareAndSet(false, true)) {
      closeFurther();
      acknowledged(waiting(call).await(first.begin(SftpRequest.of(Sftp.CLOSE, firstHandle))), call);
    }
  }

  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      closeFurther();
      first.tell(SftpRequest.of(Sftp.CLOSE, firstHandle));
    }
  }

  private void closeFurther() {
    handles.forEach(
        (channel, handle) -> {
          if (channel != first && handles.remove(channel, handle)) {
            channel.tell(SftpRequest.of(Sftp.CLOSE, handle));
          }
        });
  }
}
