package io.diskmap.internal.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class EarlyForceTest {
  private static final long STEP = EarlyForce.STEP;

  private final ExecutorService workers = Executors.newCachedThreadPool();
  private final FakeFile file = new FakeFile();

  /** A file whose length the test says; it tells what length each force has met. */
  private static final class FakeFile implements EarlyForce.Growing {
    final AtomicLong size = new AtomicLong();
    final CountDownLatch looked = new CountDownLatch(1);
    final LinkedBlockingQueue<Long> forced = new LinkedBlockingQueue<>();
    final LinkedBlockingQueue<Boolean> closed = new LinkedBlockingQueue<>();

    @Override
    public long size() {
      long met = size.get();
      looked.countDown();
      return met;
    }

    @Override
    public void force() {
      forced.add(size.get());
    }

    @Override
    public void close() {
      closed.add(true);
    }
  }

  @AfterEach
  void stop() {
    workers.shutdownNow();
  }

  @Test
  void a_file_is_forced_each_time_it_has_grown_by_a_step() throws Exception {
    try (EarlyForce force = EarlyForce.of(() -> file, EarlyForce.LARGE, workers)) {
      assertThat(file.looked.await(20, TimeUnit.SECONDS)).isTrue();
      file.size.set(STEP);
      assertThat(file.forced.poll(20, TimeUnit.SECONDS)).isEqualTo(STEP);
      file.size.set(2 * STEP - 1);
      file.size.set(3 * STEP);
      assertThat(file.forced.poll(20, TimeUnit.SECONDS)).isEqualTo(3 * STEP);
    }
    assertThat(file.closed.poll(20, TimeUnit.SECONDS)).isTrue();
    assertThat(file.forced).isEmpty();
  }

  @Test
  void a_small_file_is_left_alone() {
    List<Runnable> tasks = new ArrayList<>();
    EarlyForce.of(() -> file, EarlyForce.LARGE - 1, tasks::add).close();
    assertThat(tasks).isEmpty();
  }

  @Test
  void a_file_that_cannot_be_opened_or_forced_is_left_to_the_force_at_its_end() throws Exception {
    EarlyForce.Opening failing =
        () -> {
          throw new IOException("gone");
        };
    List<Runnable> tasks = new ArrayList<>();
    try (EarlyForce force = EarlyForce.of(failing, EarlyForce.LARGE, tasks::add)) {
      assertThat(tasks).hasSize(1);
      tasks.get(0).run();
    }
    ExecutorService closed = Executors.newSingleThreadExecutor();
    closed.shutdown();
    EarlyForce.of(() -> file, EarlyForce.LARGE, closed).close();
    assertThat(file.forced).isEmpty();
  }
}
