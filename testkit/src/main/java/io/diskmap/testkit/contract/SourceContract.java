package io.diskmap.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.diskmap.Cancellation;
import io.diskmap.Checksum;
import io.diskmap.Content;
import io.diskmap.ErrorKind;
import io.diskmap.SaveOptions;
import io.diskmap.StorageException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** What a save leaves when its source fails or the caller gives up: nothing new (S2, S9, E4). */
public interface SourceContract {
  /** The sizes at which a source ends early. */
  private static int[] points(TestDisk disk) throws StorageException {
    int chunk = disk.chunkSize();
    return new int[] {0, 1, 5000, chunk - 1, chunk, chunk + 1, 3 * chunk + 1};
  }

  /** Lets a save fail on a new and on an existing path and requires that nothing has changed. */
  private static void requireUnchanged(TestDisk disk, ErrorKind expected, Saver saver)
      throws Exception {
    disk.save("d/old", "old content");
    for (String path : List.of("d/new", "deep/er/new", "d/old")) {
      StorageException failure = Failures.of(() -> saver.save(path));
      assertThat(failure.kind()).as("saving %s", path).isEqualTo(expected);
      assertThat(disk.names("")).containsExactly("d/old");
      assertThat(disk.text("d/old")).isEqualTo("old content");
    }
  }

  /** A save that fails. */
  @FunctionalInterface
  interface Saver {
    /** Saves at this path. */
    void save(String path) throws Exception;
  }

  @Test
  @Clause("S2")
  default void a_source_that_fails_leaves_the_old_content(TestDisk disk) throws Exception {
    for (int point : points(disk)) {
      byte[] given = Data.of(1, point);
      requireUnchanged(
          disk,
          ErrorKind.SOURCE_FAILED,
          path ->
              disk.storage()
                  .save(
                      path, Content.of(Sources.failingAfter(given, new IOException("unplugged")))));
      requireUnchanged(
          disk,
          ErrorKind.SOURCE_FAILED,
          path ->
              disk.storage()
                  .save(
                      path,
                      Content.of(
                          Sources.failingAfter(given, new IOException("unplugged")),
                          point + 100_000L)));
    }
  }

  @Test
  @Clause("S2")
  default void the_failure_of_the_source_is_the_cause(TestDisk disk) {
    IOException unplugged = new IOException("unplugged");
    StorageException failure =
        Failures.of(
            () ->
                disk.storage()
                    .save("f", Content.of(Sources.failingAfter(new byte[10], unplugged))));
    assertThat(failure).hasCause(unplugged);
  }

  @Test
  @Clause("S2")
  default void a_source_that_throws_unchecked_leaves_the_old_content(TestDisk disk)
      throws Exception {
    requireUnchanged(
        disk,
        ErrorKind.SOURCE_FAILED,
        path ->
            disk.storage()
                .save(
                    path,
                    Content.of(
                        Sources.then(
                            new byte[5000],
                            () -> {
                              throw new IllegalStateException("broken");
                            }))));
  }

  @Test
  @Clause("S2")
  default void a_source_that_cannot_be_opened_leaves_the_old_content(TestDisk disk)
      throws Exception {
    requireUnchanged(
        disk,
        ErrorKind.SOURCE_FAILED,
        path ->
            disk.storage()
                .save(
                    path,
                    Content.of(
                        () -> {
                          throw new IOException("locked");
                        },
                        10)));
  }

  @Test
  @Clause("S2")
  default void a_source_shorter_than_announced_is_refused(TestDisk disk) throws Exception {
    for (int point : points(disk)) {
      byte[] given = Data.of(2, point);
      requireUnchanged(
          disk,
          ErrorKind.LENGTH_MISMATCH,
          path ->
              disk.storage().save(path, Content.of(new ByteArrayInputStream(given), point + 1L)));
    }
  }

  @Test
  @Clause("S2")
  default void a_source_longer_than_announced_is_refused(TestDisk disk) throws Exception {
    for (int point : points(disk)) {
      byte[] given = Data.of(3, point + 1);
      requireUnchanged(
          disk,
          ErrorKind.LENGTH_MISMATCH,
          path -> disk.storage().save(path, Content.of(new ByteArrayInputStream(given), point)));
    }
  }

  @Test
  @Clause("S2")
  default void a_local_file_that_is_no_longer_as_long_as_it_was_is_refused(TestDisk disk)
      throws Exception {
    Path file = disk.temp().resolve("local");
    for (int point : points(disk)) {
      for (int now : new int[] {point + 1, point - 1}) {
        if (now >= 0) {
          Files.write(file, Data.of(10, point));
          Content content = Content.of(file);
          Files.write(file, Data.of(10, now));
          requireUnchanged(
              disk, ErrorKind.LENGTH_MISMATCH, path -> disk.storage().save(path, content));
        }
      }
    }
  }

  @Test
  @Clause("S2")
  default void content_of_another_length_than_expected_is_refused(TestDisk disk) throws Exception {
    for (int point : points(disk)) {
      byte[] given = Data.of(4, point);
      for (long expected : new long[] {point + 1L, Math.max(0, point - 1L)}) {
        if (expected != point) {
          SaveOptions options = SaveOptions.defaults().withExpectedLength(expected);
          requireUnchanged(
              disk,
              ErrorKind.LENGTH_MISMATCH,
              path -> disk.storage().save(path, Content.of(given), options));
          requireUnchanged(
              disk,
              ErrorKind.LENGTH_MISMATCH,
              path -> disk.storage().save(path, Sources.unknownLength(given), options));
        }
      }
      disk.storage().save("f", Content.of(given), SaveOptions.defaults().withExpectedLength(point));
      disk.storage().delete("f");
    }
  }

  @Test
  @Clause({"S2", "S9"})
  default void content_with_another_checksum_than_expected_is_refused(TestDisk disk)
      throws Exception {
    for (int point : points(disk)) {
      byte[] given = Data.of(5, point);
      byte[] other = Data.of(6, point + 1);
      for (Checksum wrong : List.of(SaveContract.crc32c(other), SaveContract.sha256(other))) {
        SaveOptions options = SaveOptions.defaults().withExpectedChecksum(wrong);
        requireUnchanged(
            disk,
            ErrorKind.CHECKSUM_MISMATCH,
            path -> disk.storage().save(path, Content.of(given), options));
      }
      for (Checksum right : List.of(SaveContract.crc32c(given), SaveContract.sha256(given))) {
        disk.storage()
            .save("f", Content.of(given), SaveOptions.defaults().withExpectedChecksum(right));
        assertThat(disk.bytes("f")).isEqualTo(given);
      }
      disk.storage().delete("f");
    }
  }

  @Test
  @Clause({"S2", "S9"})
  default void a_local_file_with_another_checksum_than_expected_is_refused(TestDisk disk)
      throws Exception {
    Path file = disk.temp().resolve("local");
    for (int point : points(disk)) {
      byte[] given = Data.of(11, point);
      Files.write(file, given);
      byte[] other = Data.of(12, point + 1);
      for (Checksum wrong : List.of(SaveContract.crc32c(other), SaveContract.sha256(other))) {
        SaveOptions options = SaveOptions.defaults().withExpectedChecksum(wrong);
        requireUnchanged(
            disk,
            ErrorKind.CHECKSUM_MISMATCH,
            path -> disk.storage().save(path, Content.of(file), options));
      }
      for (Checksum right : List.of(SaveContract.crc32c(given), SaveContract.sha256(given))) {
        SaveOptions options = SaveOptions.defaults().withExpectedChecksum(right);
        assertThat(disk.storage().save("f", Content.of(file), options).checksums()).contains(right);
        assertThat(disk.bytes("f")).isEqualTo(given);
      }
      disk.storage().delete("f");
    }
  }

  @Test
  @Clause("S2")
  default void a_writer_that_throws_saves_nothing(TestDisk disk) throws Exception {
    for (int point : points(disk)) {
      IOException gaveUp = new IOException("gave up");
      requireUnchanged(
          disk,
          ErrorKind.SOURCE_FAILED,
          path ->
              disk.storage()
                  .write(
                      path,
                      SaveOptions.defaults(),
                      out -> {
                        out.write(Data.of(7, point));
                        out.flush();
                        throw gaveUp;
                      }));
    }
    requireUnchanged(
        disk,
        ErrorKind.SOURCE_FAILED,
        path ->
            disk.storage()
                .write(
                    path,
                    SaveOptions.defaults(),
                    out -> {
                      out.write(1);
                      throw new IllegalStateException("broken");
                    }));
  }

  @Test
  @Clause("S2")
  default void a_writer_that_closes_its_stream_and_then_throws_saves_nothing(TestDisk disk)
      throws Exception {
    requireUnchanged(
        disk,
        ErrorKind.SOURCE_FAILED,
        path ->
            disk.storage()
                .write(
                    path,
                    SaveOptions.defaults(),
                    out -> {
                      out.write(Data.of(8, 5000));
                      out.close();
                      throw new IOException("after the close");
                    }));
  }

  @Test
  @Clause("S1")
  default void a_writer_that_returns_has_saved_what_it_wrote(TestDisk disk) throws Exception {
    byte[] content = Data.of(9, 2 * disk.chunkSize() + 3);
    disk.storage()
        .write(
            "f",
            SaveOptions.defaults(),
            out -> {
              for (int i = 0; i < content.length; i += 3000) {
                out.write(content, i, Math.min(3000, content.length - i));
              }
              out.close();
            });
    assertThat(disk.bytes("f")).isEqualTo(content);
    disk.storage().write("empty", SaveOptions.defaults(), out -> {});
    assertThat(disk.bytes("empty")).isEmpty();
  }

  @Test
  @Clause({"S2", "E4"})
  default void a_cancelled_save_leaves_the_old_content(TestDisk disk) throws Exception {
    for (int point : points(disk)) {
      requireUnchanged(
          disk,
          ErrorKind.CANCELLED,
          path -> {
            Cancellation cancellation = Cancellation.create();
            InputStream source = Sources.then(Data.of(10, point), cancellation::cancel);
            disk.storage()
                .save(
                    path,
                    Content.of(source),
                    SaveOptions.defaults().withCancellation(cancellation));
          });
    }
    Cancellation before = Cancellation.create();
    before.cancel();
    requireUnchanged(
        disk,
        ErrorKind.CANCELLED,
        path ->
            disk.storage()
                .save(path, Content.of("x"), SaveOptions.defaults().withCancellation(before)));
  }

  @Test
  @Clause({"S2", "E4"})
  default void cancelling_ends_a_save_whose_source_blocks(TestDisk disk) throws Exception {
    disk.save("f", "old");
    CountDownLatch blocked = new CountDownLatch(1);
    CountDownLatch never = new CountDownLatch(1);
    Cancellation cancellation = Cancellation.create();
    try (Race race = new Race(1)) {
      Future<ErrorKind> save =
          race.begin(
              () ->
                  Failures.kindOf(
                      () ->
                          disk.storage()
                              .save(
                                  "f",
                                  Content.of(
                                      Sources.blockingAfter(
                                          Data.of(11, disk.chunkSize() + 5), blocked, never)),
                                  SaveOptions.defaults().withCancellation(cancellation))));
      assertThat(blocked.await(30, TimeUnit.SECONDS)).isTrue();
      cancellation.cancel();
      assertThat(save.get(20, TimeUnit.SECONDS)).isEqualTo(ErrorKind.CANCELLED);
    }
    assertThat(disk.text("f")).isEqualTo("old");
  }

  @Test
  @Clause({"S2", "E4"})
  default void an_interrupt_ends_a_save_and_stays_set(TestDisk disk) throws Exception {
    disk.save("f", "old");
    CountDownLatch blocked = new CountDownLatch(1);
    CountDownLatch never = new CountDownLatch(1);
    AtomicReference<ErrorKind> kind = new AtomicReference<>();
    AtomicReference<Boolean> flag = new AtomicReference<>();
    Thread saver =
        new Thread(
            () -> {
              kind.set(
                  Failures.kindOf(
                      () ->
                          disk.storage()
                              .save(
                                  "f",
                                  Content.of(
                                      Sources.blockingAfter(new byte[5000], blocked, never)))));
              flag.set(Thread.currentThread().isInterrupted());
            });
    saver.start();
    assertThat(blocked.await(30, TimeUnit.SECONDS)).isTrue();
    saver.interrupt();
    saver.join(20_000);
    assertThat(saver.isAlive()).isFalse();
    assertThat(kind.get()).isEqualTo(ErrorKind.CANCELLED);
    assertThat(flag.get()).as("the thread's interrupt flag").isTrue();
    assertThat(disk.text("f")).isEqualTo("old");
  }

  @Test
  @Clause({"S2", "E1"})
  default void a_save_ends_when_its_time_is_over(TestDisk disk) throws Exception {
    disk.save("f", "old");
    CountDownLatch never = new CountDownLatch(1);
    long start = System.nanoTime();
    assertThat(
            Failures.kindOf(
                () ->
                    disk.storage()
                        .save(
                            "f",
                            Content.of(
                                Sources.blockingAfter(
                                    new byte[5000], new CountDownLatch(1), never)),
                            SaveOptions.defaults().withTimeout(Duration.ofMillis(300)))))
        .isEqualTo(ErrorKind.TIMEOUT);
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(15));
    assertThat(disk.text("f")).isEqualTo("old");
  }

  @Test
  @Clause("S2")
  default void a_failed_save_can_be_repeated_at_once(TestDisk disk) throws Exception {
    for (int i = 0; i < 5; i++) {
      assertThat(
              Failures.kindOf(
                  () ->
                      disk.storage()
                          .save(
                              "f",
                              Content.of(
                                  Sources.failingAfter(new byte[5000], new IOException("x"))))))
          .isEqualTo(ErrorKind.SOURCE_FAILED);
    }
    disk.save("f", "at last");
    assertThat(disk.text("f")).isEqualTo("at last");
  }
}
