package io.diskmap.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.diskmap.CallContext;
import io.diskmap.ErrorKind;
import io.diskmap.StorageException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ChunkPoolTest {
  private static final int SIZE = 64 * 1024;

  private final Call call = Call.unbounded(CallContext.none());

  @Test
  void a_transfer_without_a_chunk_always_gets_one() throws StorageException {
    ChunkPool pool = new ChunkPool(SIZE);
    Chunk slow = pool.lease().acquire(SIZE, call);
    Chunk other = pool.lease().acquire(SIZE, call);
    assertThat(pool.usedBytes()).isEqualTo(2L * SIZE);
    slow.release();
    other.release();
    assertThat(pool.usedBytes()).isZero();
  }

  @Test
  void a_further_chunk_waits_until_one_is_given_back() throws Exception {
    ChunkPool pool = new ChunkPool(SIZE);
    ChunkPool.Lease lease = pool.lease();
    Chunk first = lease.acquire(SIZE, call);
    CompletableFuture<Chunk> second =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return lease.acquire(SIZE, call);
              } catch (StorageException e) {
                throw new IllegalStateException(e);
              }
            });
    assertThat(second).isNotDone();
    first.release();
    second.get(60, TimeUnit.SECONDS).release();
    assertThat(pool.usedBytes()).isZero();
  }

  @Test
  void a_chunk_that_is_kept_beyond_its_acknowledgement_keeps_nobody_waiting() throws Exception {
    ChunkPool pool = new ChunkPool(SIZE);
    ChunkPool.Lease lease = pool.lease();
    Chunk kept = lease.acquire(SIZE, call).seal().retain();
    assertThat(lease.tryAcquire(SIZE)).isEmpty();
    kept.acknowledged();
    kept.acknowledged();
    kept.release();
    Chunk next = lease.acquire(SIZE, call);
    assertThat(lease.tryAcquire(SIZE)).isEmpty();
    assertThat(pool.usedBytes()).isEqualTo(2L * SIZE);
    kept.release();
    assertThat(lease.tryAcquire(SIZE)).isEmpty();
    next.release();
    lease.tryAcquire(SIZE).orElseThrow().release();
    assertThat(pool.usedBytes()).isZero();
  }

  @Test
  void the_end_of_the_call_ends_the_wait() throws StorageException {
    ChunkPool pool = new ChunkPool(SIZE);
    ChunkPool.Lease lease = pool.lease();
    Chunk first = lease.acquire(SIZE, call);
    Call brief = Call.within(CallContext.none(), Duration.ofMillis(20));
    assertThatThrownBy(() -> lease.acquire(SIZE, brief))
        .isInstanceOfSatisfying(
            StorageException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.TIMEOUT));
    first.release();
  }

  @Test
  void work_ahead_of_need_takes_only_memory_that_is_there() throws StorageException {
    ChunkPool pool = new ChunkPool(2L * SIZE);
    ChunkPool.Lease lease = pool.lease();
    Chunk first = lease.acquire(SIZE, call);
    Chunk second = lease.tryAcquire(SIZE).orElseThrow();
    assertThat(lease.tryAcquire(SIZE)).isEmpty();
    second.release();
    lease.tryAcquire(SIZE).orElseThrow().release();
    first.release();
    assertThat(pool.usedBytes()).isZero();
  }

  @Test
  void a_chunk_is_given_back_once() throws StorageException {
    Chunk chunk = new ChunkPool(SIZE).lease().acquire(10, call);
    chunk.buffer().put((byte) 1);
    chunk.seal().retain().release();
    assertThat(chunk.length()).isEqualTo(1);
    chunk.release();
    assertThatThrownBy(chunk::release).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void buffers_are_reused_although_idle_ones_of_other_sizes_have_filled_the_pool()
      throws StorageException {
    ChunkPool pool = new ChunkPool(8L * SIZE);
    for (int size = 1; size <= 16; size++) {
      bufferOf(pool, SIZE + size);
    }
    ByteBuffer first = bufferOf(pool, 4 * SIZE);
    assertThat(bufferOf(pool, 4 * SIZE)).isSameAs(first);
    ByteBuffer other = bufferOf(pool, 3 * SIZE);
    assertThat(bufferOf(pool, 4 * SIZE)).isSameAs(first);
    assertThat(bufferOf(pool, 3 * SIZE)).isSameAs(other);
    ByteBuffer larger = bufferOf(pool, 5 * SIZE);
    assertThat(bufferOf(pool, 3 * SIZE)).isSameAs(other);
    assertThat(bufferOf(pool, 4 * SIZE)).isNotSameAs(first);
    assertThat(bufferOf(pool, 5 * SIZE)).isNotSameAs(larger);
    assertThat(pool.usedBytes()).isZero();
  }

  @Test
  void a_buffer_larger_than_the_pool_is_not_kept() throws StorageException {
    ChunkPool pool = new ChunkPool(2L * SIZE);
    ByteBuffer small = bufferOf(pool, SIZE);
    ByteBuffer large = bufferOf(pool, 4 * SIZE);
    assertThat(bufferOf(pool, 4 * SIZE)).isNotSameAs(large);
    assertThat(bufferOf(pool, SIZE)).isSameAs(small);
  }

  private ByteBuffer bufferOf(ChunkPool pool, int size) throws StorageException {
    Chunk chunk = pool.lease().acquire(size, call);
    ByteBuffer buffer = chunk.buffer();
    chunk.release();
    return buffer;
  }
}
