package io.diskmap.nfs;

import io.diskmap.ErrorKind;
import io.diskmap.StorageException;
import io.diskmap.nfs.v4.FileHandle;
import io.diskmap.spi.Call;
import io.diskmap.spi.Chunk;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The writes to one file that the server has taken and need not have on stable storage yet.
 *
 * <p>Thread-safe. Each stands here with the server's mark of its memory and the CRC-32C of its
 * bytes, so that after a restart of the server it shows which of them are still there. Those of
 * pooled chunks are kept with their bytes, and can be written again.
 */
final class UnstableWrites {
  /**
   * One write.
   *
   * @param offset of its first byte
   * @param length how many bytes
   * @param crc of them
   * @param taken the run of the server that took them
   * @param kept the bytes, where they are kept
   */
  record Write(long offset, int length, int crc, Run taken, @Nullable Kept kept) {
    /** The same taken by another run. */
    Write takenIn(Run run) {
      return new Write(offset, length, crc, run, kept);
    }
  }

  /**
   * One run of the server: as it marks its memory, and as this client has met it. Some servers mark
   * two runs within one second alike.
   *
   * @param verifier the server's mark
   * @param acquaintance how often the server did not know the client
   */
  record Run(long verifier, long acquaintance) {}

  /**
   * Bytes of a chunk.
   *
   * @param chunk which is owned once for them
   * @param from where in the chunk they begin
   */
  record Kept(Chunk chunk, int from) {
    /** The bytes of a write. */
    ByteBuffer bytes(int length) {
      return chunk.data().slice(from, length);
    }
  }

  /**
   * The writes of all open files of a disk, by handle: a file that is opened anew in the middle of
   * a save has those of its first opening too. They share the memory of the kept bytes.
   */
  static final class Share {
    private record Use(UnstableWrites writes, int count) {}

    private final long limit;
    private final AtomicLong kept = new AtomicLong();
    private final AtomicInteger keepers = new AtomicInteger();
    private final ConcurrentHashMap<FileHandle, Use> uses = new ConcurrentHashMap<>();

    /** For files that keep about this many bytes together. */
    Share(long limit) {
      this.limit = limit;
    }

    /** The writes to a file, until as many calls of {@link #leave}. */
    UnstableWrites of(FileHandle handle) {
      return uses.compute(
              handle,
              (key, use) ->
                  use == null
                      ? new Use(new UnstableWrites(this), 1)
                      : new Use(use.writes(), use.count() + 1))
          .writes();
    }

    /** The last one to leave lets the kept bytes go. */
    void leave(FileHandle handle) {
      Use[] last = new Use[1];
      uses.computeIfPresent(
          handle,
          (key, use) -> {
            last[0] = use.count() == 1 ? use : null;
            return use.count() == 1 ? null : new Use(use.writes(), use.count() - 1);
          });
      if (last[0] != null) {
        last[0].writes().end();
      }
    }

    /** Whether all files together keep more than there is memory for. */
    boolean isFull() {
      return kept.get() > limit;
    }

    /** Half of what each file that keeps bytes may have. */
    private long window() {
      return limit / (2L * Math.max(1, keepers.get()));
    }
  }

  private static final long LOOK_MILLIS = 20;

  private final Share share;
  private final ReentrantLock lock = new ReentrantLock();
  private final ReentrantLock syncing = new ReentrantLock();
  private final List<Write> writes = new ArrayList<>();
  private long keptBytes;
  private long settled;
  private boolean ended;

  private UnstableWrites(Share share) {
    this.share = share;
  }

  /** Begins a commit; one at a time, which the others wait for as long as their calls go on. */
  void beginSync(Call call) throws StorageException {
    try {
      while (!syncing.tryLock(LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
        call.check();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw StorageException.of(ErrorKind.CANCELLED, "The calling thread was interrupted.", e);
    }
  }

  /** Begins a commit where none is under way. */
  boolean tryBeginSync() {
    return syncing.tryLock();
  }

  void endSync() {
    syncing.unlock();
  }

  /** Adds one, and owns its kept bytes from now on; its number, counted from 1. */
  long add(Write write) {
    boolean taken = false;
    lock.lock();
    try {
      if (!ended) {
        taken = true;
        writes.add(write);
        keep(write.kept() == null ? 0 : write.length());
      }
      return settled + writes.size();
    } finally {
      lock.unlock();
      if (!taken && write.kept() != null) {
        write.kept().chunk().release();
      }
    }
  }

  /** All that there are. */
  List<Write> all() {
    lock.lock();
    try {
      return List.copyOf(writes);
    } finally {
      lock.unlock();
    }
  }

  /** How many there are. */
  int count() {
    lock.lock();
    try {
      return writes.size();
    } finally {
      lock.unlock();
    }
  }

  /** Whether the server was not restarted between the first and the last one. */
  boolean isOfOneRun() {
    return all().stream().map(Write::taken).distinct().count() <= 1;
  }

  /** Whether the write with this number, and all before it, are on stable storage. */
  boolean isSettled(long number) {
    lock.lock();
    try {
      return ended || settled >= number;
    } finally {
      lock.unlock();
    }
  }

  /** Whether half of the memory that this file may have waits for its commit. */
  boolean isCommitDue() {
    lock.lock();
    try {
      return keptBytes > 0 && keptBytes >= share.window();
    } finally {
      lock.unlock();
    }
  }

  /** Within a commit: puts another write in the place of the one at an index. */
  void replace(int index, Write write) {
    lock.lock();
    try {
      if (!ended) {
        writes.set(index, write);
      }
    } finally {
      lock.unlock();
    }
  }

  /** The bytes of a write with an owner more, who releases the chunk; null where none are kept. */
  @Nullable Kept hold(Write write) {
    lock.lock();
    try {
      if (!ended && write.kept() != null) {
        write.kept().chunk().retain();
        return write.kept();
      }
      return null;
    } finally {
      lock.unlock();
    }
  }

  /** Within a commit: forgets the first ones, which are on stable storage. */
  void forget(int count) {
    List<Write> gone;
    lock.lock();
    try {
      gone = remove(Math.min(count, writes.size()));
      settled += gone.size();
    } finally {
      lock.unlock();
    }
    release(gone);
  }

  /** Nobody writes or commits any more. */
  private void end() {
    List<Write> gone;
    lock.lock();
    try {
      ended = true;
      gone = remove(writes.size());
    } finally {
      lock.unlock();
    }
    release(gone);
  }

  /** Holding the lock. */
  private List<Write> remove(int count) {
    List<Write> first = writes.subList(0, count);
    List<Write> gone = List.copyOf(first);
    first.clear();
    keep(-gone.stream().filter(w -> w.kept() != null).mapToLong(Write::length).sum());
    return gone;
  }

  /** Holding the lock: keeps so many bytes more. */
  private void keep(long bytes) {
    boolean before = keptBytes > 0;
    keptBytes += bytes;
    share.kept.addAndGet(bytes);
    share.keepers.addAndGet((keptBytes > 0 ? 1 : 0) - (before ? 1 : 0));
  }

  private static void release(List<Write> gone) {
    for (Write write : gone) {
      if (write.kept() != null) {
        write.kept().chunk().release();
      }
    }
  }
}
