package io.diskmap.spi;

import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A buffer of our stream: pooled, counted, given back by its last owner.
 *
 * <p>One thread fills and {@linkplain #seal seals} it; after that any thread may read it through
 * {@link #data}. Each owner calls {@link #release} once.
 */
public final class Chunk {
  /** Where a chunk comes from. For any thread. */
  interface Home {
    /** The chunk does not count as its transfer's any more. */
    void left();

    /** Nobody has the chunk any more; whether it still counted as its transfer's. */
    void back(boolean counted);
  }

  private static final Home NOWHERE =
      new Home() {
        @Override
        public void left() {}

        @Override
        public void back(boolean counted) {}
      };

  private final ByteBuffer buffer;
  private final Home home;
  private final AtomicInteger owners = new AtomicInteger(1);
  private final AtomicBoolean counted = new AtomicBoolean(true);
  private volatile int crc32c;
  private volatile int length = -1;

  Chunk(ByteBuffer buffer, Home home) {
    this.buffer = buffer;
    this.home = home;
  }

  /** A sealed chunk over bytes that belong to no pool; the buffer must not change afterwards. */
  public static Chunk wrap(ByteBuffer bytes) {
    Chunk chunk = new Chunk(bytes.slice(), NOWHERE);
    chunk.buffer.position(chunk.buffer.limit());
    chunk.seal();
    return chunk;
  }

  /** The buffer to fill, before {@link #seal}. */
  public ByteBuffer buffer() {
    if (length >= 0) {
      throw new IllegalStateException("the chunk is sealed");
    }
    return buffer;
  }

  /** Ends the filling: the bytes up to the buffer's position are the content. */
  public Chunk seal() {
    buffer.flip();
    crc32c = Crc32c.of(buffer);
    length = buffer.remaining();
    return this;
  }

  /** The content, as a read-only view of its own position and limit. */
  public ByteBuffer data() {
    requireSealed();
    return buffer.asReadOnlyBuffer();
  }

  /** How many bytes it has. */
  public int length() {
    requireSealed();
    return length;
  }

  /** The CRC-32C of the content. */
  public int crc32c() {
    requireSealed();
    return crc32c;
  }

  /** Adds an owner. */
  public Chunk retain() {
    if (owners.getAndIncrement() <= 0) {
      throw new IllegalStateException("the chunk was given back");
    }
    return this;
  }

  /**
   * Says that the store has acknowledged the content, for an owner that keeps it beyond that: the
   * chunk's transfer never waits for memory because of it from now on. Whoever says so bounds by
   * itself how much it keeps.
   */
  public void acknowledged() {
    if (counted.compareAndSet(true, false)) {
      home.left();
    }
  }

  /** Ends one owner's use; the last one gives the buffer back. */
  public void release() {
    int left = owners.decrementAndGet();
    if (left == 0) {
      home.back(counted.get());
    } else if (left < 0) {
      throw new IllegalStateException("the chunk was given back twice");
    }
  }

  private void requireSealed() {
    if (length < 0) {
      throw new IllegalStateException("the chunk is not sealed");
    }
  }
}
