package io.diskmap.nfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.diskmap.Content;
import io.diskmap.Download;
import io.diskmap.ErrorKind;
import io.diskmap.Storage;
import io.diskmap.StorageException;
import io.diskmap.testkit.data.SeededContent;
import io.diskmap.testkit.invariant.Eventually;
import io.diskmap.testkit.server.NeedsGanesha;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Servers that are killed, lines that break and leases that end in the middle of transfers. */
@NeedsGanesha
@Timeout(120)
class NfsRecoveryTest {
  private static final long LENGTH = 24L << 20;
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
        .isLessThan(NfsDisks.GRACE.plusSeconds(2));
  }

  @Test
  void a_soft_save_over_a_killed_server_leaves_the_old_file_and_nothing_else() throws Exception {
    Storage storage = disks.open("\"timeout\":\"1s\"", "\"stall_timeout\":\"2s\"");
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
                              disks.server.kill();
                              truncate(staged());
                              disks.server.start();
                            }))));
    assertThat(kind).isEqualTo(ErrorKind.UNAVAILABLE);
    try (Download in = storage.download("f")) {
      assertThat(in.readAllBytes()).isEqualTo("old".getBytes());
    }
  }

  @Test
  void bytes_that_a_crash_has_lost_are_written_again_from_a_source_that_can_be_read_again()
      throws Exception {
    Storage storage = disks.open("\"recovery\":\"hard\"", "\"stall_timeout\":\"60s\"");
    SeededContent content = new SeededContent(8, LENGTH);
    boolean[] crashed = new boolean[1];
    storage.save(
        "f",
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
                          disks.server.kill();
                          truncate(staged());
                          disks.server.start();
                        }),
            LENGTH));
    requireContent(storage, "f", content);
    assertThat(crashed[0]).isTrue();
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
