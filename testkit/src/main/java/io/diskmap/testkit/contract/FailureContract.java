package io.diskmap.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.diskmap.Cancellation;
import io.diskmap.Content;
import io.diskmap.Download;
import io.diskmap.DownloadOptions;
import io.diskmap.ErrorKind;
import io.diskmap.SaveOptions;
import io.diskmap.StorageException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/** Failures on this side of the store: who is told what, and who is not disturbed (E3, E4, S2). */
public interface FailureContract {
  @Test
  @Clause("E1")
  default void a_failure_says_what_happened_where_and_names_no_path(TestDisk disk) {
    StorageException failure =
        Failures.of(() -> disk.storage().metadata("cohort-1/patient-17.csv"));
    assertThat(failure.kind()).isEqualTo(ErrorKind.NOT_FOUND);
    assertThat(failure.disk()).contains(TestDisk.NAME);
    assertThat(failure.driver()).contains(disk.harness().driver());
    assertThat(failure.operation()).contains("metadata");
    assertThat(failure.path()).contains("cohort-1/patient-17.csv");
    assertThat(failure.getMessage()).doesNotContain("patient-17").endsWith(")");
    assertThat(failure.retryAdvice()).isEqualTo(ErrorKind.NOT_FOUND.retryAdvice());
  }

  @Test
  @Clause("E1")
  default void nothing_is_remembered_of_a_file_that_was_not_there(TestDisk disk) throws Exception {
    for (int i = 0; i < 10; i++) {
      String path = "d" + i + "/f";
      assertThat(disk.storage().exists(path)).isFalse();
      assertThat(disk.names("d" + i)).isEmpty();
      disk.save(path, "x");
      assertThat(disk.storage().exists(path)).isTrue();
      assertThat(disk.names("d" + i)).containsExactly(path);
      disk.storage().delete(path);
      assertThat(disk.storage().exists(path)).isFalse();
    }
  }

  @Test
  @Clause("E4")
  default void cancelling_one_call_disturbs_no_other(TestDisk disk) throws Exception {
    byte[] content = Data.of(1, 2 * disk.chunkSize() + 5);
    disk.save("read", content);
    AtomicBoolean done = new AtomicBoolean();
    try (Race race = new Race(4)) {
      List<Future<Integer>> workers = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        int number = i;
        workers.add(race.begin(() -> work(disk, number, content, done)));
      }
      for (int round = 0; round < 30; round++) {
        Cancellation cancellation = Cancellation.create();
        CountDownLatch blocked = new CountDownLatch(1);
        Future<ErrorKind> victim =
            race.begin(
                () ->
                    Failures.kindOf(
                        () ->
                            disk.storage()
                                .save(
                                    "victim",
                                    Content.of(
                                        Sources.blockingAfter(
                                            content, blocked, new CountDownLatch(1))),
                                    SaveOptions.defaults().withCancellation(cancellation))));
        assertThat(blocked.await(30, TimeUnit.SECONDS)).isTrue();
        cancellation.cancel();
        assertThat(victim.get(30, TimeUnit.SECONDS)).isEqualTo(ErrorKind.CANCELLED);
      }
      done.set(true);
      for (Future<Integer> worker : workers) {
        assertThat(worker.get()).isPositive();
      }
    }
    assertThat(disk.storage().exists("victim")).isFalse();
  }

  private static int work(TestDisk disk, int number, byte[] content, AtomicBoolean done)
      throws IOException {
    int count = 0;
    while (!done.get() || count == 0) {
      disk.save("worker/" + number, content);
      assertThat(disk.bytes("worker/" + number)).isEqualTo(content);
      assertThat(disk.bytes("read")).isEqualTo(content);
      count++;
    }
    return count;
  }

  @Test
  @Clause("E4")
  default void interrupting_one_caller_disturbs_no_other(TestDisk disk) throws Exception {
    byte[] content = Data.of(2, 4 * disk.chunkSize());
    disk.save("read", content);
    AtomicBoolean done = new AtomicBoolean();
    try (Race race = new Race(2)) {
      Future<Integer> worker = race.begin(() -> work(disk, 0, content, done));
      Random random = new Random(2);
      for (int round = 0; round < 25; round++) {
        CountDownLatch begun = new CountDownLatch(1);
        List<Throwable> unexpected = new ArrayList<>();
        Thread victim =
            new Thread(
                () -> {
                  try {
                    while (true) {
                      begun.countDown();
                      disk.bytes("read");
                      disk.save("victim", content);
                    }
                  } catch (StorageException e) {
                    if (e.kind() != ErrorKind.CANCELLED) {
                      unexpected.add(e);
                    }
                  } catch (Throwable e) {
                    unexpected.add(e);
                  }
                });
        victim.start();
        begun.await();
        LockSupport.parkNanos(random.nextInt(2_000_000));
        victim.interrupt();
        victim.join(30_000);
        assertThat(victim.isAlive()).as("the victim of round %d lives", round).isFalse();
        assertThat(unexpected).isEmpty();
      }
      done.set(true);
      assertThat(worker.get()).isPositive();
    }
    assertThat(disk.bytes("read")).isEqualTo(content);
  }

  @Test
  @Clause("E4")
  default void a_thread_that_comes_interrupted_changes_nothing(TestDisk disk) throws Exception {
    disk.save("f", "old");
    try {
      Thread.currentThread().interrupt();
      assertThat(Failures.kindOf(() -> disk.save("f", "new"))).isEqualTo(ErrorKind.CANCELLED);
      assertThat(Thread.interrupted()).isTrue();
      Thread.currentThread().interrupt();
      assertThat(Failures.kindOf(() -> disk.bytes("f"))).isEqualTo(ErrorKind.CANCELLED);
      assertThat(Thread.interrupted()).isTrue();
    } finally {
      Thread.interrupted();
    }
    assertThat(disk.text("f")).isEqualTo("old");
  }

  @Test
  @Clause("E4")
  default void cancelling_ends_a_download_to_a_slow_reader(TestDisk disk) throws Exception {
    disk.save("f", Data.of(3, 8 * 1024 * 1024));
    Cancellation cancellation = Cancellation.create();
    DownloadOptions options = DownloadOptions.defaults().withCancellation(cancellation);
    try (Download in = disk.storage().download("f", options)) {
      in.read();
      cancellation.cancel();
      assertThat(Failures.kindOf(() -> in.skip(Long.MAX_VALUE))).isEqualTo(ErrorKind.CANCELLED);
    }
  }

  @Test
  @Clause("E3")
  default void a_source_that_cannot_be_replayed_is_read_once(TestDisk disk) throws Exception {
    byte[] content = Data.of(4, disk.chunkSize() + 3);
    int[] opened = new int[1];
    disk.storage()
        .save(
            "f",
            Content.of(
                () -> {
                  opened[0]++;
                  return new ByteArrayInputStream(content);
                },
                content.length));
    assertThat(opened[0]).isEqualTo(1);
    assertThat(disk.bytes("f")).isEqualTo(content);
  }
}
