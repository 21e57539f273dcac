package io.diskmap.nfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.diskmap.Content;
import io.diskmap.Download;
import io.diskmap.Durability;
import io.diskmap.ErrorKind;
import io.diskmap.SaveOptions;
import io.diskmap.Storage;
import io.diskmap.StorageException;
import io.diskmap.Upload;
import io.diskmap.testkit.data.SeededContent;
import io.diskmap.testkit.fault.Direction;
import io.diskmap.testkit.fault.ProxiedConnection;
import io.diskmap.testkit.fault.Trip;
import io.diskmap.testkit.invariant.Eventually;
import io.diskmap.testkit.server.NeedsGanesha;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Servers that are killed, lines that break and leases that end in the middle of transfers. */
@NeedsGanesha
@Timeout(300)
class NfsRecoveryTest {
  private static final long LENGTH = 24L << 20;
  private static final SaveOptions NOT_DURABLE =
      SaveOptions.defaults().withDurability(Durability.NONE);

  /** COMMIT of bytes from offset 0 on. */
  private static final byte[] FROM_START = HexFormat.of().parseHex("00000005" + "0000000000000000");

  /** COMMIT of a whole file, and SETATTR behind it. */
  private static final byte[] OF_ALL =
      HexFormat.of().parseHex("00000005" + "0000000000000000" + "00000000" + "00000022");

  private final NfsDisks disks = disks();

  private static NfsDisks disks() {
    try {
      return new NfsDisks();
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @AfterEach
  void close() throws IOException {
    disks.close();
  }

  /** Something that happens to the server while a source is read. */
  private interface Event {
    void happen() throws Exception;
  }

  /** A source that lets something happen once this many bytes were read. */
  private static InputStream at(long point, InputStream source, Event event) {
    return new FilterInputStream(source) {
      private long left = point;
      private boolean done;

      @Override
      public int read(byte[] target, int offset, int length) throws IOException {
        int count = super.read(target, offset, length);
        left -= count;
        if (left <= 0 && !done) {
          done = true;
          try {
            event.happen();
          } catch (Exception e) {
            throw new IOException(e);
          }
        }
        return count;
      }
    };
  }

  private static void requireContent(Storage storage, String path, SeededContent content)
      throws IOException {
    try (Download in = storage.download(path);
        InputStream expected = content.stream()) {
      assertThat(in.readAllBytes()).isEqualTo(expected.readAllBytes());
    }
  }

  private static ErrorKind failure(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
    return catchThrowableOfType(StorageException.class, call).kind();
  }

  @Test
  void a_save_goes_on_after_the_server_was_killed_and_started_again() throws Exception {
    Storage storage = disks.open("\"recovery\":\"hard\"", "\"stall_timeout\":\"60s\"");
    storage.save("f", Content.of("old"));
    SeededContent content = new SeededContent(1, LENGTH);
    long[] restarted = new long[1];
    storage.save(
        "f",
        Content.of(
            at(
                LENGTH / 2,
                content.stream(),
                () -> {
                  disks.server.kill();
                  disks.server.start();
                  restarted[0] = System.nanoTime();
                })));
    Duration took = Duration.ofNanos(System.nanoTime() - restarted[0]);
    requireContent(storage, "f", content);
    assertThat(took)
        .as("from the restart to the end, the second half of the source included")
        .isLessThan(NfsDisks.GRACE.plusSeconds(20));
  }

  @Test
  void a_soft_save_over_a_killed_server_leaves_the_old_file_and_nothing_else() throws Exception {
    Storage storage = disks.open("\"timeout\":\"3s\"", "\"stall_timeout\":\"5s\"");
    storage.save("f", Content.of("old"));
    SeededContent content = new SeededContent(2, LENGTH);
    ErrorKind kind =
        failure(
            () ->
                storage.save(
                    "f", Content.of(at(LENGTH / 2, content.stream(), disks.server::kill))));
    assertThat(kind).isIn(ErrorKind.UNAVAILABLE, ErrorKind.TIMEOUT);
    disks.server.start();
    Storage other = disks.open();
    try (Download in = other.download("f")) {
      assertThat(in.readAllBytes()).isEqualTo("old".getBytes());
    }
    assertThat(other.list("").stream().map(f -> f.path().value())).containsExactly("f");
  }

  @Test
  void bytes_that_a_crash_has_lost_are_noticed_and_nothing_is_published() throws Exception {
    Storage storage = disks.open("\"recovery\":\"hard\"", "\"stall_timeout\":\"60s\"");
    storage.save("f", Content.of("old"));
    SeededContent content = new SeededContent(3, LENGTH);
    ErrorKind kind =
        failure(
            () ->
                storage.save(
                    "f",
                    Content.of(
                        at(
                            LENGTH / 2,
                            content.stream(),
                            () -> {
                              awaitStaged(4 << 20);
                              loseUncommitted();
                            })),
                    NOT_DURABLE));
    assertThat(kind).isEqualTo(ErrorKind.UNAVAILABLE);
    try (Download in = storage.download("f")) {
      assertThat(in.readAllBytes()).isEqualTo("old".getBytes());
    }
  }

  @Test
  void bytes_that_a_crash_has_lost_are_written_again_from_a_source_that_can_be_read_again()
      throws Exception {
    requireSavedAgain("f", NOT_DURABLE);
    requireSavedAgain("g", SaveOptions.defaults());
  }

  private void requireSavedAgain(String path, SaveOptions options) throws Exception {
    Storage storage = disks.open("\"recovery\":\"hard\"", "\"stall_timeout\":\"60s\"");
    SeededContent content = new SeededContent(8, LENGTH);
    boolean[] crashed = new boolean[1];
    storage.save(
        path,
        Content.of(
            () ->
                crashed[0]
                    ? content.stream()
                    : at(
                        LENGTH / 2,
                        content.stream(),
                        () -> {
                          crashed[0] = true;
                          awaitStaged(4 << 20);
                          loseUncommitted();
                        }),
            LENGTH),
        options);
    requireContent(storage, path, content);
    assertThat(crashed[0]).isTrue();
  }

  @Test
  void bytes_that_a_crash_has_lost_before_a_commit_are_written_again_from_memory()
      throws Exception {
    Storage storage = disks.open("\"recovery\":\"hard\"", "\"stall_timeout\":\"60s\"");
    SeededContent content = new SeededContent(9, LENGTH);
    Trip crash = beforeCommit(FROM_START, connection -> loseUncommitted());
    storage.save("f", Content.of(content.stream()));
    crash.await(Duration.ofSeconds(60));
    requireContent(storage, "f", content);
  }

  @Test
  void a_save_outlasts_two_crashes_that_lose_bytes() throws Exception {
    Storage storage = disks.open("\"recovery\":\"hard\"", "\"stall_timeout\":\"60s\"");
    SeededContent content = new SeededContent(10, LENGTH);
    AtomicBoolean again = new AtomicBoolean();
    beforeCommit(
        FROM_START,
        first -> {
          loseUncommitted();
          crashOnceWrittenAgain(again);
        });
    storage.save("f", Content.of(content.stream()));
    assertThat(again).isTrue();
    requireContent(storage, "f", content);
  }

  /** Crashes before the first COMMIT of a file whose start, which was lost, is there again. */
  private void crashOnceWrittenAgain(AtomicBoolean crashed) {
    beforeCommit(
        FROM_START,
        connection -> {
          if (startsWithBytes(staged())) {
            loseUncommitted();
            crashed.set(true);
          } else {
            crashOnceWrittenAgain(crashed);
          }
        });
  }

  private static boolean startsWithBytes(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      for (byte each : in.readNBytes(1024)) {
        if (each != 0) {
          return true;
        }
      }
      return false;
    }
  }

  @Test
  void bytes_that_a_crash_has_lost_during_the_last_commit_are_written_again() throws Exception {
    Storage storage = disks.open("\"recovery\":\"hard\"", "\"stall_timeout\":\"60s\"");
    SeededContent content = new SeededContent(11, 6 << 20);
    Trip crash = beforeCommit(OF_ALL, connection -> loseUncommitted());
    storage.save("f", Content.of(content.stream()));
    crash.await(Duration.ofSeconds(60));
    requireContent(storage, "f", content);
  }

  @Test
  void chunks_of_an_upload_that_a_crash_has_lost_are_written_again() throws Exception {
    Storage storage = disks.open("\"recovery\":\"hard\"", "\"stall_timeout\":\"60s\"");
    SeededContent content = new SeededContent(12, 5 << 20);
    try (Upload upload = storage.beginUpload("f", SaveOptions.defaults());
        InputStream source = content.stream()) {
      for (long at = 0; at < content.length(); at += upload.chunkSize()) {
        if (at == 3L << 20) {
          loseUncommitted();
        }
        upload.write(at, ByteBuffer.wrap(source.readNBytes(upload.chunkSize())));
      }
      upload.commit(content.length());
    }
    requireContent(storage, "f", content);
  }

  @Test
  void many_saves_at_once_and_one_that_rests_share_the_memory_for_what_is_not_committed()
      throws Exception {
    Storage storage = disks.open("\"stall_timeout\":\"60s\"");
    SeededContent resting = new SeededContent(100, 8 << 20);
    CompletableFuture<Void> others = new CompletableFuture<>();
    storage.save(
        "resting",
        Content.of(
            at(
                7 << 20,
                resting.stream(),
                () -> {
                  saveAtOnce(storage, 12);
                  others.complete(null);
                })));
    assertThat(others).isCompleted();
    requireContent(storage, "resting", resting);
    for (int i = 0; i < 12; i++) {
      requireContent(storage, "f" + i, new SeededContent(i, LENGTH / 2));
    }
  }

  private static void saveAtOnce(Storage storage, int count) throws Exception {
    ExecutorService savers = Executors.newFixedThreadPool(count);
    try {
      List<Future<?>> saves = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        SeededContent content = new SeededContent(i, LENGTH / 2);
        String path = "f" + i;
        saves.add(savers.submit(() -> storage.save(path, Content.of(content.stream()))));
      }
      for (Future<?> save : saves) {
        save.get(200, TimeUnit.SECONDS);
      }
    } finally {
      savers.shutdownNow();
    }
  }

  /** What happens when a request is about to reach the server. */
  private interface Crash {
    void happen(ProxiedConnection connection) throws Exception;
  }

  private Trip beforeCommit(byte[] pattern, Crash crash) {
    return disks.proxy.when(
        Direction.TO_SERVER,
        pattern,
        1,
        connection -> {
          try {
            crash.happen(connection);
          } catch (Exception e) {
            throw new IllegalStateException(e);
          }
        });
  }

  /** A crash that loses all bytes of a staged file of which nothing is committed yet. */
  private void loseUncommitted() throws Exception {
    disks.server.kill();
    truncate(staged());
    disks.server.start();
  }

  private Path staged() throws IOException {
    try (Stream<Path> files = Files.list(disks.server.files())) {
      return files
          .filter(f -> f.getFileName().toString().startsWith(".diskmap-"))
          .findFirst()
          .orElseThrow();
    }
  }

  private void awaitStaged(long bytes) throws Exception {
    Eventually.holds("some of the save is staged", () -> Files.size(staged()) >= bytes);
  }

  private static void truncate(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.truncate(0);
    }
  }

  @Test
  void a_download_goes_on_after_the_server_was_killed_and_started_again() throws Exception {
    Storage storage = disks.open("\"recovery\":\"hard\"", "\"stall_timeout\":\"60s\"");
    SeededContent content = new SeededContent(4, LENGTH);
    storage.save("f", Content.of(content.stream()));
    try (Download in = storage.download("f");
        InputStream expected = content.stream()) {
      assertThat(in.readNBytes(1 << 20)).isEqualTo(expected.readNBytes(1 << 20));
      disks.server.kill();
      disks.server.start();
      assertThat(in.readAllBytes()).isEqualTo(expected.readAllBytes());
    }
  }

  @Test
  void a_replaced_file_is_read_on_over_broken_connections() throws Exception {
    Storage storage = disks.open();
    SeededContent old = new SeededContent(5, LENGTH);
    storage.save("f", Content.of(old.stream()));
    try (Download in = storage.download("f");
        InputStream expected = old.stream()) {
      assertThat(in.readNBytes(1 << 20)).isEqualTo(expected.readNBytes(1 << 20));
      storage.save("f", Content.of("new"));
      disks.proxy.resetAll();
      assertThat(in.readNBytes(4 << 20)).isEqualTo(expected.readNBytes(4 << 20));
      disks.proxy.closeAll();
      assertThat(in.readAllBytes()).isEqualTo(expected.readAllBytes());
    }
  }

  @Test
  void an_open_file_outlives_idle_time_because_the_lease_is_renewed() throws Exception {
    Storage storage = disks.open();
    SeededContent content = new SeededContent(6, LENGTH);
    storage.save("f", Content.of(content.stream()));
    try (Download in = storage.download("f");
        InputStream expected = content.stream()) {
      assertThat(in.readNBytes(1 << 20)).isEqualTo(expected.readNBytes(1 << 20));
      storage.save("f", Content.of("new"));
      awaitLeases(3);
      assertThat(in.readAllBytes())
          .as("the old file is gone but for the open state")
          .isEqualTo(expected.readAllBytes());
    }
  }

  private static void awaitLeases(int count) throws Exception {
    long end = System.nanoTime() + NfsDisks.LEASE.multipliedBy(count).toNanos();
    Eventually.within(NfsDisks.LEASE.multipliedBy(count + 1), () -> System.nanoTime() >= end);
  }

  @Test
  void a_session_whose_lease_ended_behind_a_stalled_line_is_made_anew() throws Exception {
    Storage storage = disks.open("\"stall_timeout\":\"60s\"", "\"timeout\":\"60s\"");
    SeededContent content = new SeededContent(7, LENGTH);
    storage.save("f", Content.of(content.stream()));
    try (Download in = storage.download("f");
        InputStream expected = content.stream()) {
      assertThat(in.readNBytes(1 << 20)).isEqualTo(expected.readNBytes(1 << 20));
      disks.proxy.stall();
      awaitLeases(3);
      disks.proxy.thaw();
      assertThat(in.readAllBytes()).isEqualTo(expected.readAllBytes());
    }
    storage.save("g", Content.of("x"));
    assertThat(storage.exists("g")).isTrue();
  }
}
