package io.diskmap.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.diskmap.Content;
import io.diskmap.ErrorKind;
import io.diskmap.Listing;
import io.diskmap.SaveOptions;
import io.diskmap.Storage;
import io.diskmap.StorageException;
import io.diskmap.StorageManager;
import io.diskmap.Upload;
import io.diskmap.testkit.invariant.Eventually;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * Resources: nothing leaks, and closing ends everything (Z1, Z2). What is left is checked after.
 */
public interface ResourceContract {
  @Test
  @Clause("Z1")
  default void ten_thousand_operations_leak_nothing(TestDisk disk) throws Exception {
    int operations = Integer.getInteger("diskmap.contract.operations", disk.share(10_000));
    int threads = 4;
    try (Race race = new Race(threads)) {
      race.round(
          number -> {
            Random random = new Random(number);
            for (int i = 0; i < operations / threads; i++) {
              operate(disk, random, "t" + number + "/" + random.nextInt(40));
            }
            return null;
          });
    }
    Eventually.holds("all memory is given back", () -> disk.manager().bufferedBytes() == 0);
    assertThat(disk.manager().activeCalls()).isZero();
    disk.clear();
  }

  /** One operation of any kind; those that fail do so as they should. */
  private static void operate(TestDisk disk, Random random, String path) throws Exception {
    Storage storage = disk.storage();
    try {
      switch (random.nextInt(10)) {
        case 0, 1, 2 -> storage.save(path, Content.of(Data.of(1, random.nextInt(2000))));
        case 3 ->
            storage.save(
                path, Content.of(Sources.failingAfter(new byte[100], new IOException("x"))));
        case 4 -> disk.bytes(path);
        case 5 -> storage.download(path).close();
        case 6 -> {
          try (Listing listing = storage.list("t0")) {
            var unused = listing.iterator().hasNext();
          }
        }
        case 7 -> storage.delete(path);
        case 8 -> storage.metadata(path);
        default -> {
          try (Upload upload = storage.beginUpload(path, disk.newFile())) {
            upload.write(0, ByteBuffer.wrap(new byte[50]));
            if (random.nextBoolean()) {
              upload.commit(50);
            }
          }
        }
      }
    } catch (StorageException e) {
      assertThat(e.kind())
          .isIn(ErrorKind.NOT_FOUND, ErrorKind.SOURCE_FAILED, ErrorKind.ALREADY_EXISTS);
    }
  }

  @Test
  @Clause("Z1")
  default void a_manager_opened_and_closed_leaves_nothing(TestDisk disk) throws Exception {
    for (int i = 0; i < 5; i++) {
      try (StorageManager manager = disk.open()) {
        Storage storage = manager.disk(TestDisk.NAME);
        storage.save("f", Content.of("x"));
        assertThat(TestDisk.bytes(storage, "f")).containsExactly('x');
      }
    }
    disk.clear();
  }

  @Test
  @Clause("Z2")
  default void closing_is_safe_to_repeat_and_ends_every_later_call(TestDisk disk) throws Exception {
    StorageManager manager = disk.open();
    Storage storage = manager.disk(TestDisk.NAME);
    storage.save("f", Content.of("x"));
    Upload upload = storage.beginUpload("g", SaveOptions.defaults());
    upload.abort();
    manager.close();
    manager.close();
    manager.close(Duration.ofSeconds(1));
    for (Failures.Action call :
        List.<Failures.Action>of(
            () -> storage.save("f", Content.of("y")),
            () -> storage.download("f"),
            () -> storage.metadata("f"),
            () -> storage.exists("f"),
            () -> storage.list("").close(),
            () -> storage.delete("f"),
            () -> storage.deletePrefix("f"),
            () -> storage.beginUpload("f", SaveOptions.defaults()),
            () -> storage.scoped("x").metadata("f"),
            () -> manager.disk(TestDisk.NAME).metadata("f"))) {
      assertThat(Failures.kindOf(call)).isEqualTo(ErrorKind.CLOSED);
    }
    assertThat(storage.health().healthy()).isFalse();
    disk.clear();
  }

  @Test
  @Clause("Z2")
  default void closing_ends_what_is_under_way(TestDisk disk) throws Exception {
    StorageManager manager = disk.open();
    Storage storage = manager.disk(TestDisk.NAME);
    CountDownLatch blocked = new CountDownLatch(1);
    try (Race race = new Race(1)) {
      Future<ErrorKind> save =
          race.begin(
              () ->
                  Failures.kindOf(
                      () ->
                          storage.save(
                              "f",
                              Content.of(
                                  Sources.blockingAfter(
                                      Data.of(1, disk.chunkSize() + 1),
                                      blocked,
                                      new CountDownLatch(1))))));
      assertThat(blocked.await(30, TimeUnit.SECONDS)).isTrue();
      long start = System.nanoTime();
      manager.close();
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(15));
      assertThat(save.get(20, TimeUnit.SECONDS)).isEqualTo(ErrorKind.CLOSED);
    }
    assertThat(disk.names("")).isEmpty();
  }

  @Test
  @Clause("Z2")
  default void closing_with_grace_lets_a_save_finish(TestDisk disk) throws Exception {
    StorageManager manager = disk.open();
    Storage storage = manager.disk(TestDisk.NAME);
    CountDownLatch blocked = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    byte[] content = Data.of(2, disk.chunkSize() + 1);
    try (Race race = new Race(2)) {
      Future<Long> save =
          race.begin(
              () ->
                  storage
                      .save("f", Content.of(Sources.blockingAfter(content, blocked, go)))
                      .size());
      assertThat(blocked.await(30, TimeUnit.SECONDS)).isTrue();
      Future<?> close =
          race.begin(
              () -> {
                manager.close(Duration.ofSeconds(30));
                return null;
              });
      Eventually.holds(
          "new calls are refused",
          () -> {
            try {
              storage.exists("f");
              return false;
            } catch (StorageException e) {
              return e.kind() == ErrorKind.CLOSED;
            }
          });
      go.countDown();
      assertThat(save.get(30, TimeUnit.SECONDS)).isEqualTo(content.length);
      close.get(30, TimeUnit.SECONDS);
    }
    disk.clear();
  }
}
