package io.diskmap.sshfs;

import io.diskmap.ErrorKind;
import io.diskmap.StorageException;
import io.diskmap.spi.Call;
import io.diskmap.spi.staged.RemoteStat;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One pass over a directory, with several requests under way; the attributes come with the names.
 *
 * <p>For one thread. Some servers look at each file only when they write its name into a reply, and
 * fail the whole reply where a file has gone since; what else would have been in it is lost. Such a
 * pass is given up and another one begun.
 */
final class DirectoryScan implements AutoCloseable {
  /** Most directories are small: the names come in the first reply and the end in the second. */
  private static final int FIRST_AHEAD = 2;

  private static final int AHEAD = 8;
  private static final int REPLY = 16 * 1024;

  /** A large directory gets as many passes, a small one as many as fit in the time. */
  private static final int PASSES = 20;

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int LONGEST_PAUSE_MILLIS = 20;

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

    /** Forgets what it took: every name is given again. */
    default void startOver() {}
  }

  /** How the directory is opened for a pass; empty where there is none. */
  @FunctionalInterface
  private interface Opening {
    Optional<DirectoryScan> open() throws StorageException;
  }

  /** Scans a directory below the root; false where there is none. */
  static boolean scan(SshfsStore store, String path, Sink sink, Call call) throws StorageException {
    List<String> parents = RemoteRoot.parents(path);
    byte[] absolute = store.root().absolute(path);
    return scan(() -> open(store, parents, path, absolute, call), sink, call);
  }

  /** Scans a directory named by its stored bytes, inside one that was looked at already. */
  static boolean scanRaw(SshfsStore store, byte[] absolute, Sink sink, Call call)
      throws StorageException {
    return scan(() -> open(store, List.of(), "raw", absolute, call), sink, call);
  }

  private static boolean scan(Opening opening, Sink sink, Call call) throws StorageException {
    long start = System.nanoTime();
    for (int pass = 1; pass <= PASSES || System.nanoTime() - start < PATIENCE.toNanos(); pass++) {
      Optional<DirectoryScan> opened = opening.open();
      if (opened.isEmpty()) {
        return false;
      }
      try (DirectoryScan scan = opened.get()) {
        if (scan.run(sink, call)) {
          return true;
        }
      }
      sink.startOver();
      call.pause(Duration.ofMillis(Math.min(pass, LONGEST_PAUSE_MILLIS)));
    }
    throw StorageException.of(
        ErrorKind.BUSY,
        "The server lists no directory in which files vanish meanwhile, and they keep vanishing;"
            + " try again later.");
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

  /**
   * Gives all names but {@code .} and {@code ..} to the sink, until that has enough; false where
   * the server gave up on a part of them.
   */
  private boolean run(Sink sink, Call call) throws StorageException {
    Deque<Exchange> ahead = new ArrayDeque<>();
    boolean more = true;
    int depth = FIRST_AHEAD;
    for (int replies = 1; more; replies++) {
      while (ahead.size() < depth) {
        ahead.add(batch.channel().begin(SftpRequest.of(Sftp.READDIR, handle), REPLY));
      }
      SftpReply reply = batch.await(ahead.remove());
      if (reply.status() == Sftp.EOF) {
        return true;
      }
      if (reply.status() == Sftp.NO_SUCH_FILE) {
        return false;
      }
      more = take(reply.expect(Sftp.NAME), sink);
      depth = replies == 1 ? depth : Math.min(AHEAD, 2 * depth);
      call.progressed();
      call.check();
    }
    return true;
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
