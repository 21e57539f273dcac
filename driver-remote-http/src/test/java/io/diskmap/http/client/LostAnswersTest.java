package io.diskmap.http.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.diskmap.Content;
import io.diskmap.Download;
import io.diskmap.ErrorKind;
import io.diskmap.FileMetadata;
import io.diskmap.Listing;
import io.diskmap.SaveOptions;
import io.diskmap.Storage;
import io.diskmap.StorageException;
import io.diskmap.StorageManager;
import io.diskmap.Upload;
import io.diskmap.http.Servers;
import io.diskmap.http.server.StorageServer;
import io.diskmap.testkit.fault.Direction;
import io.diskmap.testkit.fault.Ending;
import io.diskmap.testkit.fault.FaultProxy;
import io.diskmap.testkit.fault.HttpFlightMeter;
import io.diskmap.testkit.fault.Trip;
import io.diskmap.testkit.invariant.Eventually;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A line that loses answers, breaks or is long: nothing is lost, doubled or taken for whole. */
final class LostAnswersTest {
  private static final Duration SOON = Duration.ofSeconds(30);

  private StorageManager behind;
  private StorageServer server;
  private FaultProxy proxy;
  private StorageManager manager;
  private Storage disk;

  @BeforeEach
  void start() throws IOException {
    behind = StorageManager.inMemory("workspace");
    server = Servers.start(behind);
    proxy = FaultProxy.to(server.address());
    manager = Servers.client("http://127.0.0.1:" + proxy.port(), Map.of());
    disk = manager.workspace();
  }

  @AfterEach
  void stop() throws IOException {
    manager.close();
    proxy.close();
    server.close();
    behind.close();
  }

  private static byte[] random(int size) {
    byte[] bytes = new byte[size];
    new Random(size).nextBytes(bytes);
    return bytes;
  }

  @ParameterizedTest
  @EnumSource(Ending.class)
  void a_save_whose_answer_is_lost_is_settled_by_looking(Ending ending) throws Exception {
    Trip lost = proxy.dropReplyTo("PUT /internal/storage/upload?", ending);
    FileMetadata saved = disk.save("new", Content.of("once"), SaveOptions.ifAbsent());
    lost.await(SOON);
    assertThat(saved.size()).isEqualTo(4);
    assertThat(disk.metadata("new").versionTag()).isEqualTo(saved.versionTag());
  }

  @ParameterizedTest
  @EnumSource(Ending.class)
  void a_commit_whose_answer_is_lost_is_settled_by_looking(Ending ending) throws Exception {
    byte[] bytes = random(12 * 1024 * 1024);
    Trip lost = proxy.dropReplyTo("phase=complete", ending);
    FileMetadata saved = disk.save("large", Content.of(bytes), SaveOptions.ifAbsent());
    lost.await(SOON);
    assertThat(disk.metadata("large").versionTag()).isEqualTo(saved.versionTag());
    try (Download in = disk.download("large")) {
      assertThat(in.readAllBytes()).isEqualTo(bytes);
    }
  }

  @Test
  void a_delete_whose_answer_is_lost_is_repeated() throws Exception {
    disk.save("gone", Content.of("x"));
    Trip lost = proxy.dropReplyTo("POST /internal/storage/delete?", Ending.RESET);
    disk.delete("gone");
    lost.await(SOON);
    assertThat(disk.exists("gone")).isFalse();
  }

  @Test
  void a_save_whose_server_is_gone_for_good_has_an_unknown_outcome() throws Exception {
    disk.exists("x");
    Trip lost = proxy.dropReplyTo("PUT /internal/storage/upload?", Ending.RESET);
    proxy.when(
        Direction.TO_SERVER,
        "PUT /internal/storage/upload?",
        connection -> {
          try {
            proxy.refuse();
          } catch (IOException e) {
            throw new IllegalStateException(e);
          }
        });
    assertThatThrownBy(() -> disk.save("new", Content.of("once")))
        .isInstanceOfSatisfying(
            StorageException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.OUTCOME_UNKNOWN));
    lost.await(SOON);
  }

  @Test
  void a_server_that_is_not_there_changes_nothing_and_says_so() throws Exception {
    proxy.refuse();
    assertThatThrownBy(() -> disk.save("new", Content.of("once")))
        .isInstanceOfSatisfying(
            StorageException.class,
            e -> {
              assertThat(e.kind()).isEqualTo(ErrorKind.UNAVAILABLE);
              assertThat(e.sentence()).contains("check url");
            });
  }

  @Test
  void a_local_file_that_is_altered_while_it_is_sent_is_not_saved(@TempDir Path directory)
      throws Exception {
    byte[] bytes = random(16 * 1024 * 1024 - 1);
    Path file = Files.write(directory.resolve("local"), bytes);
    disk.save("large", Content.of("old"));
    Trip lastChunk =
        proxy.when(
            Direction.TO_SERVER,
            "offset=" + 12 * 1024 * 1024,
            connection -> replaceLast(file, ~bytes[bytes.length - 1]));
    assertThatThrownBy(() -> disk.save("large", Content.of(file)))
        .isInstanceOfSatisfying(
            StorageException.class,
            e -> {
              assertThat(e.kind()).isEqualTo(ErrorKind.SOURCE_FAILED);
              assertThat(e.sentence()).contains("altered");
            });
    lastChunk.await(SOON);
    assertThat(disk.metadata("large").size()).isEqualTo(3);
    assertThat(disk.save("large", Content.of(file)).size()).isEqualTo(bytes.length);
  }

  private static void replaceLast(Path file, int octet) {
    try (FileChannel writer = FileChannel.open(file, StandardOpenOption.WRITE)) {
      writer.write(ByteBuffer.wrap(new byte[] {(byte) octet}), writer.size() - 1);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void connections_that_break_during_chunks_lose_none() throws Exception {
    byte[] bytes = random(40 * 1024 * 1024 + 5);
    Trip first = proxy.cutAfter(Direction.TO_SERVER, 13_000_000, Ending.RESET);
    disk.save("large", Content.of(bytes));
    first.await(SOON);
    try (Download in = disk.download("large")) {
      assertThat(in.readAllBytes()).isEqualTo(bytes);
    }
  }

  @ParameterizedTest
  @EnumSource(Ending.class)
  void a_download_goes_on_where_the_connection_broke(Ending ending) throws Exception {
    byte[] bytes = random(20 * 1024 * 1024 + 3);
    disk.save("large", Content.of(bytes));
    Trip cut = proxy.cutAfter(Direction.TO_CLIENT, 7_000_001, ending);
    try (Download in = disk.download("large")) {
      assertThat(in.readAllBytes()).isEqualTo(bytes);
    }
    cut.await(SOON);
  }

  @Test
  void a_listing_goes_on_behind_the_last_name_that_came() throws Exception {
    for (int i = 0; i < 3000; i++) {
      behind.workspace().save("p/%05d".formatted(i), Content.of("x"));
    }
    Trip cut = proxy.cutAfter(Direction.TO_CLIENT, 200_000, Ending.RESET);
    try (Listing listing = disk.list("p")) {
      assertThat(listing.stream().map(f -> f.path().value()).distinct().count()).isEqualTo(3000);
    }
    cut.await(SOON);
  }

  @Test
  void eight_chunks_are_under_way_on_a_long_line() throws Exception {
    HttpFlightMeter flights = proxy.meter(new HttpFlightMeter());
    proxy.delay(Duration.ofMillis(500));
    byte[] bytes = random(30 * 1024 * 1024);
    disk.save("large", Content.of(bytes));
    assertThat(flights.peak()).isGreaterThanOrEqualTo(8);
    assertThat(disk.metadata("large").size()).isEqualTo(bytes.length);
  }

  @Test
  void eight_ranges_are_under_way_on_a_long_line() throws Exception {
    byte[] bytes = random(30 * 1024 * 1024);
    behind.workspace().save("large", Content.of(bytes));
    HttpFlightMeter flights = proxy.meter(new HttpFlightMeter());
    proxy.delay(Duration.ofMillis(200));
    for (int i = 0; i < 8; i++) { // the line was short until now
      assertThat(disk.exists("large")).isTrue();
    }
    try (Download in = disk.download("large")) {
      assertThat(in.readAllBytes()).isEqualTo(bytes);
    }
    assertThat(flights.peak()).isGreaterThanOrEqualTo(8);
  }

  @Test
  void an_interrupt_ends_a_call_that_waits_for_a_silent_server() throws Exception {
    disk.exists("x");
    proxy.stall();
    Thread caller = Thread.currentThread();
    Thread interrupter =
        new Thread(
            () -> {
              long begun = System.nanoTime();
              while (System.nanoTime() - begun < 200_000_000) {
                Thread.onSpinWait();
              }
              caller.interrupt();
            });
    interrupter.start();
    long start = System.nanoTime();
    assertThatThrownBy(() -> disk.exists("x"))
        .isInstanceOfSatisfying(
            StorageException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.CANCELLED));
    assertThat(Thread.interrupted()).isTrue();
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(20));
    interrupter.join();
    proxy.thaw();
    assertThat(disk.exists("x")).isFalse();
  }

  @Test
  void an_upload_that_is_given_up_leaves_nothing() throws Exception {
    Upload upload = disk.beginUpload("never", SaveOptions.defaults());
    upload.write(0, ByteBuffer.wrap(random(upload.chunkSize())));
    String id = upload.id();
    upload.close();
    assertThatThrownBy(() -> disk.resumeUpload(id))
        .isInstanceOfSatisfying(
            StorageException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.NOT_FOUND));
    Eventually.holds("no call is left", () -> behind.activeCalls() == 0);
    Eventually.holds("all memory is given back", () -> behind.bufferedBytes() == 0);
  }
}
