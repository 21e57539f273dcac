package io.diskmap.internal.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.diskmap.ErrorKind;
import io.diskmap.StorageException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class WriteBehindTest {
  private static final IOException FULL = new IOException("No space left on device");

  private final ExecutorService workers = Executors.newCachedThreadPool();
  private final ByteArrayOutputStream written = new ByteArrayOutputStream();

  @AfterEach
  void stop() {
    workers.shutdownNow();
  }

  /** A channel whose writes wait for the latch, and take 1 000 bytes at most. */
  private WritableByteChannel slow(CountDownLatch open) {
    return new OpenChannel() {
      @Override
      public int write(ByteBuffer source) throws IOException {
        try {
          open.await();
        } catch (InterruptedException e) {
          throw new IOException(e);
        }
        byte[] some = new byte[Math.min(1_000, source.remaining())];
        source.get(some);
        written.write(some);
        return some.length;
      }
    };
  }

  /** A channel on a disk that has room for so many bytes. */
  private WritableByteChannel full(int room) {
    return new OpenChannel() {
      @Override
      public int write(ByteBuffer source) throws IOException {
        if (written.size() == room) {
          throw FULL;
        }
        byte[] some = new byte[Math.min(room - written.size(), source.remaining())];
        source.get(some);
        written.write(some);
        return some.length;
      }
    };
  }

  private abstract static class OpenChannel implements WritableByteChannel {
    @Override
    public boolean isOpen() {
      return true;
    }

    @Override
    public void close() {}
  }

  private static byte[] content(int length) {
    byte[] content = new byte[length];
    new Random(7).nextBytes(content);
    return content;
  }

  private static void writeAll(byte[] content, WriteBehind behind) throws IOException {
    for (int at = 0; at < content.length; ) {
      ByteBuffer block = behind.block();
      int count = Math.min(block.remaining(), content.length - at);
      behind.write(block.put(content, at, count).flip());
      at += count;
    }
  }

  @Test
  void a_long_content_is_written_whole_and_in_order_by_another_thread() throws Exception {
    byte[] content = content((int) WriteBehind.LONG + 12_345);
    CountDownLatch open = new CountDownLatch(1);
    try (WriteBehind behind = WriteBehind.of(slow(open), content.length, workers)) {
      ByteBuffer first = behind.block();
      int count = first.remaining();
      behind.write(first.put(content, 0, count).flip());
      ByteBuffer second = behind.block(); // is there although nothing is written yet
      assertThat(written.size()).isZero();
      second.put(content, count, count);
      behind.write(second.flip());
      open.countDown();
      byte[] rest = new byte[content.length - 2 * count];
      System.arraycopy(content, 2 * count, rest, 0, rest.length);
      writeAll(rest, behind);
      behind.finish();
    }
    assertThat(written.toByteArray()).isEqualTo(content);
  }

  @Test
  void a_short_content_and_one_without_a_thread_to_be_had_are_written_by_the_caller()
      throws Exception {
    byte[] small = content(100_000);
    List<Runnable> tasks = new ArrayList<>();
    try (WriteBehind behind =
        WriteBehind.of(Channels.newChannel(written), small.length, tasks::add)) {
      writeAll(small, behind);
      assertThat(written.toByteArray()).isEqualTo(small);
      behind.finish();
    }
    assertThat(tasks).isEmpty();

    written.reset();
    workers.shutdown();
    byte[] large = content((int) WriteBehind.LONG);
    try (WriteBehind behind = WriteBehind.of(Channels.newChannel(written), large.length, workers)) {
      writeAll(large, behind);
      behind.finish();
    }
    assertThat(written.toByteArray()).isEqualTo(large);
  }

  @Test
  void what_the_channel_meets_is_told_and_nothing_is_written_after_it() {
    byte[] content = content((int) WriteBehind.LONG);
    for (int length : new int[] {content.length, 100_000}) {
      written.reset();
      assertThatThrownBy(
              () -> {
                try (WriteBehind behind = WriteBehind.of(full(50_000), length, workers)) {
                  writeAll(content, behind);
                  behind.finish();
                }
              })
          .isSameAs(FULL);
      assertThat(written.size()).isEqualTo(50_000);
    }
  }

  @Test
  void a_close_waits_for_what_was_given() throws Exception {
    byte[] content = content(1_000_000);
    try (WriteBehind behind = WriteBehind.of(slow(new CountDownLatch(0)), 16 << 20, workers)) {
      writeAll(content, behind);
    }
    assertThat(written.toByteArray()).isEqualTo(content);
  }

  @Test
  void an_interrupt_ends_the_wait_for_a_block_and_what_was_given_is_still_written()
      throws Exception {
    CountDownLatch open = new CountDownLatch(1);
    byte[] content = content(16 << 20);
    try (WriteBehind behind = WriteBehind.of(slow(open), content.length, workers)) {
      Thread.currentThread().interrupt();
      assertThatThrownBy(() -> writeAll(content, behind))
          .isInstanceOfSatisfying(
              StorageException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.CANCELLED));
      assertThat(Thread.interrupted()).isTrue();
      open.countDown();
    }
    byte[] begun = written.toByteArray();
    assertThat(begun).isNotEmpty().hasSizeLessThan(content.length);
    assertThat(content).startsWith(begun);
  }
}
