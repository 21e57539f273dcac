package io.diskmap.sshfs;

import io.diskmap.StorageException;
import io.diskmap.spi.Call;
import io.diskmap.spi.staged.RemoteStat;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One pass over a directory, with several requests under way; the attributes come with the names.
 *
 * <p>For one thread.
 */
final class DirectoryScan implements AutoCloseable {
  private static final int AHEAD = 8;
  private static final int REPLY = 16 * 1024;

  private final Batch batch;
  private final byte[] handle;

  private DirectoryScan(Batch batch, byte[] handle) {
    this.batch = batch;
    this.handle = handle;
  }

  /** Takes the names. */
  @FunctionalInterface
  interface Sink {
    /**
     * A name, null where it is no text, its stored bytes and attributes; whether the scan goes on.
     */
    boolean take(@Nullable String name, byte[] raw, FileAttributes attributes)
        throws StorageException;
  }

  /** Opens a directory below the root; empty where there is none. */
  static Optional<DirectoryScan> open(SshfsStore store, String path, Call call)
      throws StorageException {
    return open(store, RemoteRoot.parents(path), path, store.root().absolute(path), call);
  }

  /** Opens a directory by its stored bytes, inside one that was looked at already. */
  static Optional<DirectoryScan> openRaw(SshfsStore store, byte[] absolute, Call call)
      throws StorageException {
    return open(store, List.of(), "raw", absolute, call);
  }

  private static Optional<DirectoryScan> open(
      SshfsStore store, List<String> parents, String path, byte[] absolute, Call call)
      throws StorageException {
    Batch batch = store.batch(call);
    List<Exchange> ways = batch.sendLooks(parents);
    Exchange look = path.isEmpty() ? null : batch.send(SftpRequest.of(Sftp.LSTAT, absolute));
    Exchange opened = batch.send(SftpRequest.of(Sftp.OPENDIR, absolute));
    SftpReply reply = batch.await(opened);
    boolean taken = false;
    try {
      boolean clear = batch.way(ways) == RemoteRoot.Way.CLEAR;
      boolean directory =
          look == null || Batch.stat(batch.await(look)).filter(RemoteStat::isDirectory).isPresent();
      taken = clear && directory;
    } finally {
      if (!taken) {
        batch.channel().closeOpened(reply);
      }
    }
    if (!taken || reply.status() == Sftp.NO_SUCH_FILE) {
      return Optional.empty();
    }
    return Optional.of(new DirectoryScan(batch, reply.orThrow().handle()));
  }

  /** Gives all names but {@code .} and {@code ..} to the sink, until that has enough. */
  void run(Sink sink, Call call) throws StorageException {
    Deque<Exchange> ahead = new ArrayDeque<>();
    boolean more = true;
    while (more) {
      while (ahead.size() < AHEAD) {
        ahead.add(batch.channel().begin(SftpRequest.of(Sftp.READDIR, handle), REPLY));
      }
      SftpReply reply = batch.await(ahead.remove());
      if (reply.status() == Sftp.EOF) {
        return;
      }
      more = take(reply.expect(Sftp.NAME), sink);
      call.progressed();
      call.check();
    }
  }

  private static boolean take(SftpReply reply, Sink sink) throws StorageException {
    for (int left = reply.number(); left > 0; left--) {
      byte[] raw = reply.text();
      reply.text();
      FileAttributes attributes = FileAttributes.read(reply);
      boolean dots =
          raw.length <= 2 && raw.length > 0 && raw[0] == '.' && (raw.length == 1 || raw[1] == '.');
      if (!dots && !sink.take(text(raw), raw, attributes)) {
        return false;
      }
    }
    return true;
  }

  private static @Nullable String text(byte[] raw) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(raw)).toString();
    } catch (CharacterCodingException foreign) {
      return null;
    }
  }

  @Override
  public void close() {
    batch.channel().tell(SftpRequest.of(Sftp.CLOSE, handle));
  }
}
