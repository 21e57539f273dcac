package io.diskmap.local;

import io.diskmap.ErrorKind;
import io.diskmap.StorageException;
import io.diskmap.spi.Call;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The locks that let one commit of an upload run at a time, in this process and among processes.
 *
 * <p>Thread-safe. A commit whose caller has gone may still be under way when another asks for it
 * again; a second one at once would date the file anew after the first has published it. Each
 * upload has one byte of the file {@code locks/commits}, so commits of different uploads never wait
 * for each other. As in {@link PathLocks} all disks over one root share the channel. Where the file
 * system gives no locks, commits of one process still wait for each other.
 */
final class CommitLocks implements AutoCloseable {
  private static final Map<Object, CommitLocks> SHARED = new ConcurrentHashMap<>();
  private static final Path NAME = Path.of("commits");
  private static final Duration PAUSE = Duration.ofMillis(5);
  private static final int DIGITS = 15;

  private final Object key;
  private final StateDir state;
  private final ReentrantLock guard = new ReentrantLock();
  private final Map<String, Turn> turns = new HashMap<>();
  private @Nullable FileChannel channel;
  private boolean unsupported;
  private int users;

  private static final class Turn {
    private final ReentrantLock lock = new ReentrantLock();
    private int users;
  }

  private CommitLocks(Object key, StateDir state) {
    this.key = key;
    this.state = state;
  }

  /** The locks that all disks of this process over one root share; each closes them once. */
  static CommitLocks shared(Object rootKey, StateDir state) {
    return SHARED.compute(
        rootKey,
        (key, present) -> {
          CommitLocks locks = present == null ? new CommitLocks(key, state) : present;
          locks.users++;
          return locks;
        });
  }

  /** Waits for the turn to commit an upload, at most as long as the call and the timeout allow. */
  PathLocks.Held lock(String uploadId, Call call, Duration timeout) throws IOException {
    long end = System.nanoTime() + timeout.toNanos();
    Turn turn = enter(uploadId);
    boolean locked = false;
    try {
      waitFor(turn, call, end);
      try {
        FileLock file = lockFile(uploadId, call, end);
        locked = true;
        return () -> release(uploadId, turn, file);
      } finally {
        if (!locked) {
          turn.lock.unlock();
        }
      }
    } finally {
      if (!locked) {
        leave(uploadId, turn);
      }
    }
  }

  private Turn enter(String uploadId) {
    guard.lock();
    try {
      Turn turn = turns.computeIfAbsent(uploadId, id -> new Turn());
      turn.users++;
      return turn;
    } finally {
      guard.unlock();
    }
  }

  private void leave(String uploadId, Turn turn) {
    guard.lock();
    try {
      if (--turn.users == 0) {
        turns.remove(uploadId);
      }
    } finally {
      guard.unlock();
    }
  }

  private static void waitFor(Turn turn, Call call, long end) throws StorageException {
    try {
      while (!turn.lock.tryLock(PAUSE.toMillis(), TimeUnit.MILLISECONDS)) {
        call.check();
        refuseLate(end);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw StorageException.of(ErrorKind.CANCELLED, "The calling thread was interrupted.", e);
    }
  }

  private @Nullable FileLock lockFile(String uploadId, Call call, long end) throws IOException {
    long at = Long.parseLong(uploadId.substring(0, DIGITS), 16);
    try {
      while (true) {
        FileChannel open = channel();
        if (open == null) {
          return null;
        }
        FileLock file = tryLock(open, at);
        if (file != null) {
          return file;
        }
        call.pause(PAUSE);
        refuseLate(end);
      }
    } catch (StorageException e) {
      throw e;
    } catch (IOException e) {
      if (!LocalErrors.isLacking(e)) {
        throw e;
      }
      unsupported();
      return null;
    }
  }

  /** Null while another process holds it, or a copy of this class in another class loader. */
  private static @Nullable FileLock tryLock(FileChannel open, long at) throws IOException {
    try {
      return open.tryLock(at, 1, false);
    } catch (OverlappingFileLockException e) {
      return null;
    }
  }

  /** Null where the file system gives no locks. */
  private @Nullable FileChannel channel() throws IOException {
    guard.lock();
    try {
      FileChannel open = channel;
      if (!unsupported && (open == null || !open.isOpen())) {
        open = state.making("locks", this::openOrCreate);
        channel = open;
      }
      return unsupported ? null : open;
    } finally {
      guard.unlock();
    }
  }

  private FileChannel openOrCreate(Dir dir) throws IOException {
    try {
      return dir.openFile(NAME, Set.of(StandardOpenOption.WRITE));
    } catch (NoSuchFileException missing) {
      try {
        return state.files().createFile(dir, NAME, state.files().fileMode());
      } catch (FileAlreadyExistsException madeByAnother) {
        return dir.openFile(NAME, Set.of(StandardOpenOption.WRITE));
      }
    }
  }

  private void unsupported() {
    guard.lock();
    try {
      unsupported = true;
    } finally {
      guard.unlock();
    }
  }

  private static void refuseLate(long end) throws StorageException {
    if (System.nanoTime() - end > 0) {
      throw StorageException.of(
          ErrorKind.BUSY, "Another commit of this upload is under way; ask again.");
    }
  }

  private void release(String uploadId, Turn turn, @Nullable FileLock file) {
    if (file != null) {
      Quietly.run(file::release);
    }
    turn.lock.unlock();
    leave(uploadId, turn);
  }

  @Override
  public void close() {
    SHARED.compute(key, (same, locks) -> --users == 0 ? null : locks);
    if (users == 0) {
      guard.lock();
      try {
        FileChannel open = channel;
        channel = null;
        if (open != null) {
          Quietly.close(open);
        }
      } finally {
        guard.unlock();
      }
    }
  }
}
