package io.diskmap.spi;

import io.diskmap.Cancellation;
import io.diskmap.StorageException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The bounded memory that all transfers of a manager share.
 *
 * <p>Thread-safe. Each transfer takes its chunks through a {@link Lease}. A transfer that holds no
 * chunk always gets one of up to 1 MiB, and a larger one from a reserve of 16 MiB beyond the bound,
 * so that slow sources cannot starve the others; every further chunk waits until the sum is within
 * the bound. A transfer never waits while it alone could free memory, because the chunks it holds
 * are given back as the store acknowledges them; those that a driver keeps longer, {@linkplain
 * Chunk#acknowledged as it says}, are not held in this sense. Buffers are direct and kept for reuse
 * by size; those of the sizes that were not asked for lately make room for the others.
 */
public final class ChunkPool {
  private static final int SMALLEST = 16 * 1024;
  private static final int ALWAYS = 1024 * 1024;
  private static final long RESERVE = 16L * 1024 * 1024;

  private final long bound;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition freed = lock.newCondition();

  /** By size, the sizes asked for lately last; no entry is empty. */
  private final Map<Integer, Deque<ByteBuffer>> idle = new LinkedHashMap<>(16, 0.75f, true);

  private long idleBytes;
  private long usedBytes;

  /** A pool of about this many bytes. */
  public ChunkPool(long bound) {
    this.bound = bound;
  }

  /** A transfer's access to the pool. */
  public Lease lease() {
    return new Lease();
  }

  /** How many bytes it gives out at once to transfers that hold some already. */
  public long bound() {
    return bound;
  }

  /** How many bytes are out; zero when no transfer runs. */
  public long usedBytes() {
    lock.lock();
    try {
      return usedBytes;
    } finally {
      lock.unlock();
    }
  }

  /** One transfer's access to the pool. Thread-safe. */
  public final class Lease {
    private int held;

    private Lease() {}

    private boolean mustWait(int size) {
      if (held > 0) {
        return usedBytes + size > bound;
      }
      return size > ALWAYS && usedBytes > 0 && usedBytes + size > bound + RESERVE;
    }

    /**
     * An empty chunk of this capacity; waits for memory at most until the call ends.
     *
     * @throws StorageException the reason why the call ended
     */
    public Chunk acquire(int capacity, Call call) throws StorageException {
      int size = Math.max(SMALLEST, capacity);
      Cancellation.Registration registration = call.onEnd(ChunkPool.this::wakeAll);
      @Nullable ByteBuffer reused;
      lock.lock();
      try {
        while (mustWait(size)) {
          call.check();
          freed.await(call.remaining(Duration.ofSeconds(1)).toNanos(), TimeUnit.NANOSECONDS);
        }
        call.check();
        reused = take(size);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        call.check();
        throw new IllegalStateException("an interrupted call goes on", e);
      } finally {
        lock.unlock();
        registration.close();
      }
      return chunk(reused, capacity, size);
    }

    /**
     * An empty chunk of this capacity where there is memory at once; for work done ahead of need.
     */
    public Optional<Chunk> tryAcquire(int capacity) {
      int size = Math.max(SMALLEST, capacity);
      @Nullable ByteBuffer reused;
      lock.lock();
      try {
        if (mustWait(size)) {
          return Optional.empty();
        }
        reused = take(size);
      } finally {
        lock.unlock();
      }
      return Optional.of(chunk(reused, capacity, size));
    }

    private @Nullable ByteBuffer take(int size) {
      held++;
      usedBytes += size;
      return takeIdle(size);
    }

    private Chunk chunk(@Nullable ByteBuffer reused, int capacity, int size) {
      ByteBuffer buffer;
      try {
        buffer = reused == null ? ByteBuffer.allocateDirect(size) : reused.clear();
      } catch (OutOfMemoryError e) {
        giveBack(this, true, null, size);
        throw e;
      }
      buffer.limit(capacity);
      return new Chunk(
          buffer,
          new Chunk.Home() {
            @Override
            public void left() {
              leave(Lease.this);
            }

            @Override
            public void back(boolean counted) {
              giveBack(Lease.this, counted, buffer, size);
            }
          });
    }
  }

  private @Nullable ByteBuffer takeIdle(int size) {
    Deque<ByteBuffer> same = idle.get(size);
    if (same == null) {
      return null;
    }
    ByteBuffer buffer = same.removeLast();
    idleBytes -= size;
    if (same.isEmpty()) {
      idle.remove(size);
    }
    return buffer;
  }

  /** Keeps a buffer within the bound, in place of idle ones of the sizes least lately asked for. */
  private void keep(ByteBuffer buffer, int size) {
    if (usedBytes + size > bound) {
      return;
    }
    idle.computeIfAbsent(size, s -> new ArrayDeque<>()).addLast(buffer);
    idleBytes += size;
    Iterator<Map.Entry<Integer, Deque<ByteBuffer>>> sizes = idle.entrySet().iterator();
    while (usedBytes + idleBytes > bound) {
      Map.Entry<Integer, Deque<ByteBuffer>> oldest = sizes.next();
      while (usedBytes + idleBytes > bound && oldest.getValue().pollFirst() != null) {
        idleBytes -= oldest.getKey();
      }
      if (oldest.getValue().isEmpty()) {
        sizes.remove();
      }
    }
  }

  private void leave(Lease lease) {
    lock.lock();
    try {
      lease.held--;
      freed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void giveBack(Lease lease, boolean counted, @Nullable ByteBuffer buffer, int size) {
    lock.lock();
    try {
      lease.held -= counted ? 1 : 0;
      usedBytes -= size;
      if (buffer != null) {
        keep(buffer, size);
      }
      freed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void wakeAll() {
    lock.lock();
    try {
      freed.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
