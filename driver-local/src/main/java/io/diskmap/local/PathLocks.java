package io.diskmap.local;

import io.diskmap.ErrorKind;
import io.diskmap.StorageException;
import io.diskmap.StoragePath;
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
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The locks among Diskmap writers that make IF_MATCH hold: one of {@value #STRIPES} for each path,
 * in this process and, by a lock on a file in {@code locks}, among all processes of all machines.
 *
 * <p>Thread-safe. A lock is held only around compare and rename. The system drops a process' locks
 * on a file as soon as any of its descriptors of that file is closed; therefore all disks over one
 * root share the channels of this class, which close with the last disk, and the locks end with the
 * process.
 */
final class PathLocks implements AutoCloseable {
  private static final int STRIPES = 16;
  private static final Map<Object, PathLocks> SHARED = new ConcurrentHashMap<>();
  private static final Duration PAUSE = Duration.ofMillis(5);

  private final Object key;
  private final StateDir state;
  private final Stripe[] stripes = new Stripe[STRIPES];
  private int users;
  private volatile boolean unsupported;

  private static final class Stripe {
    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable FileChannel channel;
  }

  /** A lock that is held until it is closed. */
  interface Held extends AutoCloseable {
    @Override
    void close();
  }

  private PathLocks(Object key, StateDir state) {
    this.key = key;
    this.state = state;
    for (int i = 0; i < STRIPES; i++) {
      stripes[i] = new Stripe();
    }
  }

  /** The locks that all disks of this process over one root share; each closes them once. */
  static PathLocks shared(Object rootKey, StateDir state) {
    return SHARED.compute(
        rootKey,
        (key, present) -> {
          PathLocks locks = present == null ? new PathLocks(key, state) : present;
          locks.users++;
          return locks;
        });
  }

  /** Whether the file system gives locks among processes. */
  boolean isSupported() {
    return !unsupported;
  }

  /** Waits for the lock of a path, at most as long as the call and the timeout allow. */
  Held lock(StoragePath path, Call call, Duration timeout) throws IOException {
    return lock(index(path), call, System.nanoTime() + timeout.toNanos());
  }

  /** Waits for the locks of two paths, always in the same order. */
  Held lockBoth(StoragePath one, StoragePath other, Call call, Duration timeout)
      throws IOException {
    long end = System.nanoTime() + timeout.toNanos();
    int low = Math.min(index(one), index(other));
    int high = Math.max(index(one), index(other));
    Held first = lock(low, call, end);
    if (low == high) {
      return first;
    }
    boolean both = false;
    try {
      Held second = lock(high, call, end);
      both = true;
      return () -> {
        second.close();
        first.close();
      };
    } finally {
      if (!both) {
        first.close();
      }
    }
  }

  private static int index(StoragePath path) {
    return Math.floorMod(path.hashCode() * 0x9E3779B1 >>> 16, STRIPES);
  }

  private Held lock(int index, Call call, long end) throws IOException {
    Stripe stripe = stripes[index];
    lockInProcess(stripe, call, end);
    boolean locked = false;
    try {
      FileLock file = unsupported ? null : lockFile(stripe, index, call, end);
      locked = true;
      return () -> release(stripe, file);
    } finally {
      if (!locked) {
        stripe.lock.unlock();
      }
    }
  }

  private static void lockInProcess(Stripe stripe, Call call, long end) throws StorageException {
    try {
      while (!stripe.lock.tryLock(PAUSE.toMillis(), TimeUnit.MILLISECONDS)) {
        call.check();
        refuseLate(end);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw StorageException.of(ErrorKind.CANCELLED, "The calling thread was interrupted.", e);
    }
  }

  private @Nullable FileLock lockFile(Stripe stripe, int index, Call call, long end)
      throws IOException {
    try {
      while (true) {
        FileLock file = tryLock(stripe, index);
        if (file != null) {
          return file;
        }
        call.pause(PAUSE);
        refuseLate(end);
      }
    } catch (StorageException e) {
      throw e;
    } catch (IOException e) {
      closeQuietly(stripe);
      if (!LocalErrors.isLacking(e)) {
        throw e;
      }
      unsupported = true;
      return null;
    }
  }

  /** Null while another process holds it, or a copy of this class in another class loader. */
  private @Nullable FileLock tryLock(Stripe stripe, int index) throws IOException {
    FileChannel channel = stripe.channel;
    if (channel == null || !channel.isOpen()) {
      channel =
          state.making(
              "locks", dir -> openOrCreate(dir, Path.of(HexFormat.of().toHexDigits((byte) index))));
      stripe.channel = channel;
    }
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException e) {
      return null;
    }
  }

  private FileChannel openOrCreate(Dir dir, Path name) throws IOException {
    try {
      return dir.openFile(name, Set.of(StandardOpenOption.WRITE));
    } catch (NoSuchFileException missing) {
      try {
        return state.files().createFile(dir, name, state.files().fileMode());
      } catch (FileAlreadyExistsException madeByAnother) {
        return dir.openFile(name, Set.of(StandardOpenOption.WRITE));
      }
    }
  }

  private static void refuseLate(long end) throws StorageException {
    if (System.nanoTime() - end > 0) {
      throw StorageException.of(
          ErrorKind.BUSY, "Another writer holds the lock of this path; try again.");
    }
  }

  private static void release(Stripe stripe, @Nullable FileLock file) {
    try {
      if (file != null && file.isValid()) {
        file.release();
      }
    } catch (IOException e) {
      // Closing the channel gives the lock up for certain.
      closeQuietly(stripe);
    } finally {
      stripe.lock.unlock();
    }
  }

  private static void closeQuietly(Stripe stripe) {
    FileChannel channel = stripe.channel;
    stripe.channel = null;
    if (channel != null) {
      Quietly.close(channel);
    }
  }

  @Override
  public void close() {
    SHARED.compute(key, (same, locks) -> --users == 0 ? null : locks);
    if (users == 0) {
      for (Stripe stripe : stripes) {
        stripe.lock.lock();
        try {
          closeQuietly(stripe);
        } finally {
          stripe.lock.unlock();
        }
      }
    }
  }
}
