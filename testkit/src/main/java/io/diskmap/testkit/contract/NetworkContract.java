package io.diskmap.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.diskmap.Cancellation;
import io.diskmap.Capabilities;
import io.diskmap.Content;
import io.diskmap.DeleteOptions;
import io.diskmap.DiskMap;
import io.diskmap.Download;
import io.diskmap.DownloadOptions;
import io.diskmap.DownloadReport;
import io.diskmap.ErrorKind;
import io.diskmap.SaveOptions;
import io.diskmap.ServerRole;
import io.diskmap.Storage;
import io.diskmap.StorageException;
import io.diskmap.StorageManager;
import io.diskmap.Upload;
import io.diskmap.testkit.data.SeededContent;
import io.diskmap.testkit.fault.Direction;
import io.diskmap.testkit.fault.Ending;
import io.diskmap.testkit.fault.FaultProxy;
import io.diskmap.testkit.fault.FlightMeter;
import io.diskmap.testkit.fault.Trip;
import io.diskmap.testkit.invariant.Eventually;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * Disks whose store is a peer on the network: a line that is slow, stalls, breaks, loses replies.
 */
public interface NetworkContract extends StorageContract {
  /** How long a fault may take to be told of after a call has met it. */
  Duration SOON = Duration.ofSeconds(30);

  /** More than a disk reads ahead of its reader, so that a stall leaves something to wait for. */
  long BEYOND_MEMORY = 64L * 1024 * 1024;

  /** Limits that let a test see a stall end. */
  String[] IMPATIENT = {"\"timeout\":\"1500ms\"", "\"stall_timeout\":\"1500ms\"", "\"retries\":1"};

  @Test
  @Clause("R3")
  default void a_download_cut_in_the_middle_goes_on_where_it_was(TestDisk disk) throws Exception {
    SeededContent content = new SeededContent(1, 8L * 1024 * 1024 + 5);
    disk.storage().save("f", Content.of(content.stream()));
    disk.settled("f");
    for (Ending ending : Ending.values()) {
      for (long point : new long[] {2000, 1024 * 1024, 5 * 1024 * 1024}) {
        Trip trip = disk.proxy().cutAfter(Direction.TO_CLIENT, point, ending);
        disk.requireContent("f", content);
        trip.await(SOON);
        disk.proxy().heal();
      }
    }
  }

  @Test
  @Clause("R4")
  default void a_download_to_a_file_cut_for_good_is_resumed_by_the_next(TestDisk disk)
      throws Exception {
    SeededContent content = new SeededContent(2, 8L * 1024 * 1024 + 5);
    disk.storage().save("f", Content.of(content.stream()));
    disk.settled("f");
    Path target = disk.temp().resolve("f");
    try (StorageManager manager = disk.open(IMPATIENT)) {
      Storage storage = manager.disk(TestDisk.NAME);
      storage.save("what tells the store's time", Content.of("x"));
      boolean strong = storage.metadata("f").versionTag().strong();
      assertThat(strong).isEqualTo(disk.capabilities().strongTags());
      disk.proxy().cutEachAfter(Direction.TO_CLIENT, 512 * 1024, Ending.FIN);
      Failures.of(() -> storage.downloadTo("f", target));
      assertThat(target).doesNotExist();
      disk.proxy().heal();
      DownloadReport report = storage.downloadTo("f", target);
      assertThat(report.resumedAt() > 0).isEqualTo(strong);
    }
    content.assertEquals(target);
  }

  @Test
  @Clause("R2")
  default void a_body_that_ends_early_is_never_a_silent_end(TestDisk disk) throws Exception {
    SeededContent content = new SeededContent(3, 4L * 1024 * 1024);
    disk.storage().save("f", Content.of(content.stream()));
    try (StorageManager manager = disk.open(IMPATIENT)) {
      Storage storage = manager.disk(TestDisk.NAME);
      awaitAnswer(storage);
      for (Ending ending : Ending.values()) {
        disk.proxy().cutEachAfter(Direction.TO_CLIENT, 1_500_000, ending);
        long got = 0;
        try (Download in = storage.download("f")) {
          while (in.read() >= 0) {
            got++;
          }
        } catch (IOException e) {
          assertThat(got).isLessThan(content.length());
          got = content.length();
        }
        assertThat(got).as("bytes before an end with no error").isEqualTo(content.length());
        disk.proxy().heal();
      }
    }
  }

  @Test
  @Clause({"S2", "E3"})
  default void a_save_cut_in_the_middle_is_repeated_or_leaves_the_old_file(TestDisk disk)
      throws Exception {
    SeededContent content = new SeededContent(4, 6L * 1024 * 1024 + 5);
    for (Ending ending : Ending.values()) {
      for (long point : new long[] {10, 300_000, 3_000_000}) {
        disk.save("f", "old");
        disk.proxy().cutAfter(Direction.TO_SERVER, point, ending);
        disk.storage().save("f", Content.of(content::stream, content.length()));
        disk.proxy().heal();
        disk.requireContent("f", content);
        disk.save("f", "old");
        disk.proxy().cutAfter(Direction.TO_SERVER, point, ending);
        Optional<StorageException> failure = saveOnce(disk, content);
        disk.proxy().heal();
        if (failure.isEmpty()) {
          disk.requireContent("f", content);
        } else {
          assertThat(failure.get().kind()).isIn(ErrorKind.UNAVAILABLE, ErrorKind.TIMEOUT);
          assertThat(disk.text("f")).isEqualTo("old");
        }
      }
    }
  }

  @Test
  @Clause({"S2", "E3"})
  default void a_local_file_cut_in_the_middle_is_saved_whole(TestDisk disk) throws Exception {
    SeededContent content = new SeededContent(21, 24L * 1024 * 1024 + 5);
    Path file = content.writeTo(disk.temp().resolve("local"));
    for (Ending ending : Ending.values()) {
      for (long point : new long[] {300_000, 9_000_000}) {
        disk.save("f", "old");
        Trip cut = disk.proxy().cutAfter(Direction.TO_SERVER, point, ending);
        disk.storage().save("f", Content.of(file));
        cut.await(SOON);
        disk.proxy().heal();
        disk.requireContent("f", content);
      }
    }
  }

  private static Optional<StorageException> saveOnce(TestDisk disk, SeededContent content) {
    try {
      disk.storage().save("f", Content.of(content.stream()));
      return Optional.empty();
    } catch (StorageException e) {
      return Optional.of(e);
    }
  }

  @Test
  @Clause("E2")
  default void after_all_connections_broke_the_next_call_succeeds(TestDisk disk) throws Exception {
    disk.save("f", "content");
    for (int i = 0; i < 5; i++) {
      disk.proxy().resetAll();
      assertThat(disk.text("f")).isEqualTo("content");
      disk.proxy().closeAll();
      disk.save("f", "content");
      disk.proxy().closeAll();
      assertThat(disk.names("")).containsExactly("f");
    }
  }

  @Test
  @Clause("E2")
  default void after_a_restart_of_the_server_the_next_call_succeeds(TestDisk disk)
      throws Exception {
    disk.save("f", "content");
    disk.server().kill();
    try (StorageManager manager = disk.open(IMPATIENT)) {
      Storage storage = manager.disk(TestDisk.NAME);
      long start = System.nanoTime();
      assertThat(Failures.kindOf(() -> storage.metadata("f")))
          .isIn(ErrorKind.UNAVAILABLE, ErrorKind.TIMEOUT);
      assertThat(storage.health().healthy()).isFalse();
      requireWithin(start, Duration.ofSeconds(20));
      disk.server().start();
      awaitAnswer(storage);
    }
    assertThat(disk.text("f")).isEqualTo("content");
    assertThat(disk.storage().health().healthy()).isTrue();
  }

  /** A machine that is busy for a moment is no disk that does not answer; its limits are short. */
  private static void awaitAnswer(Storage storage) throws InterruptedException {
    Eventually.holds("the disk answers", () -> storage.exists("f"));
  }

  private static void requireWithin(long start, Duration limit) {
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(limit);
  }

  @Test
  @Clause("E1")
  default void every_call_to_a_peer_that_stalls_ends_in_time(TestDisk disk) throws Exception {
    SeededContent content = new SeededContent(5, 8L * 1024 * 1024);
    disk.storage().save("f", Content.of(content.stream()));
    try (StorageManager manager = disk.open(IMPATIENT)) {
      Storage storage = manager.disk(TestDisk.NAME);
      Map<String, Failures.Action> calls =
          Map.of(
              "metadata", () -> storage.metadata("f"),
              "exists", () -> storage.exists("f"),
              "list", () -> TestDisk.names(storage, "", io.diskmap.ListOptions.defaults()),
              "download", () -> TestDisk.bytes(storage, "f"),
              "save", () -> storage.save("g", Content.of("x")),
              "stream", () -> storage.save("g", Content.of(content.stream())),
              "delete", () -> storage.delete("missing"),
              "deletePrefix", () -> storage.deletePrefix("missing"),
              "upload", () -> storage.beginUpload("g", SaveOptions.defaults()).close());
      awaitAnswer(storage);
      disk.proxy().stall();
      for (Map.Entry<String, Failures.Action> call : calls.entrySet()) {
        long start = System.nanoTime();
        assertThat(Failures.kindOf(call.getValue()))
            .as(call.getKey())
            .isIn(ErrorKind.TIMEOUT, ErrorKind.UNAVAILABLE, ErrorKind.OUTCOME_UNKNOWN);
        requireWithin(start, Duration.ofSeconds(15));
      }
      assertThat(storage.health().healthy()).isFalse();
      disk.proxy().thaw();
      Eventually.holds("the disk is healthy again", () -> storage.health().healthy());
      Eventually.holds(
          "the disk answers again", () -> storage.metadata("f").size() == content.length());
    }
    sweep(disk);
  }

  @Test
  @Clause("E1")
  default void a_transfer_that_stalls_in_the_middle_ends_in_time(TestDisk disk) throws Exception {
    SeededContent content = new SeededContent(6, BEYOND_MEMORY);
    disk.storage().save("f", Content.of(content.stream()));
    try (StorageManager manager = disk.open(IMPATIENT)) {
      Storage storage = manager.disk(TestDisk.NAME);
      awaitAnswer(storage);
      try (Download in = storage.download("f")) {
        in.readNBytes(100_000);
        disk.proxy().stall();
        long start = System.nanoTime();
        assertThat(Failures.kindOf(in::readAllBytes))
            .isIn(ErrorKind.TIMEOUT, ErrorKind.UNAVAILABLE);
        requireWithin(start, Duration.ofSeconds(15));
      }
      disk.proxy().thaw();
      disk.save("g", "old");
      long start = System.nanoTime();
      assertThat(
              Failures.kindOf(
                  () ->
                      storage.save(
                          "g",
                          Content.of(
                              Sources.then(
                                  Data.of(7, 2 * 1024 * 1024), () -> disk.proxy().stall())))))
          .isIn(ErrorKind.TIMEOUT, ErrorKind.UNAVAILABLE, ErrorKind.OUTCOME_UNKNOWN);
      requireWithin(start, Duration.ofSeconds(20));
      disk.proxy().thaw();
    }
    disk.proxy().resetAll();
    assertThat(disk.bytes("g")).hasSizeBetween(3, 2 * 1024 * 1024);
    sweep(disk);
  }

  /** A saver that is cut off cannot take back what it has staged; the sweep does. */
  @Test
  @Clause({"E1", "E3", "E4"})
  default void a_save_of_a_local_file_ends_where_the_peer_stalls(TestDisk disk) throws Exception {
    Path file = new SeededContent(22, BEYOND_MEMORY).writeTo(disk.temp().resolve("local"));
    disk.save("f", "old");
    try (StorageManager manager = disk.open(IMPATIENT);
        Race race = new Race(1)) {
      Storage storage = manager.disk(TestDisk.NAME);
      for (boolean cancelled : new boolean[] {true, false}) {
        awaitAnswer(storage);
        Cancellation cancellation = Cancellation.create();
        SaveOptions options = SaveOptions.defaults().withCancellation(cancellation);
        long before = disk.proxy().bytesIn(Direction.TO_SERVER);
        disk.proxy().rate(Direction.TO_SERVER, 16L * 1024 * 1024);
        Future<ErrorKind> save =
            race.begin(() -> Failures.kindOf(() -> storage.save("f", Content.of(file), options)));
        Eventually.holds(
            "the save is on its way",
            () -> disk.proxy().bytesIn(Direction.TO_SERVER) - before > 2 * 1024 * 1024);
        disk.proxy().stall();
        if (cancelled) {
          cancellation.cancel();
          assertThat(save.get(30, TimeUnit.SECONDS)).isEqualTo(ErrorKind.CANCELLED);
        } else {
          assertThat(save.get(30, TimeUnit.SECONDS)).isIn(ErrorKind.TIMEOUT, ErrorKind.UNAVAILABLE);
        }
        disk.proxy().heal();
        disk.proxy().resetAll();
      }
    }
    assertThat(disk.text("f")).isEqualTo("old");
    sweep(disk);
  }

  private static void sweep(TestDisk disk) throws Exception {
    try (StorageManager manager = disk.open("\"sweep_age\":\"0s\"")) {
      Storage sweeping = manager.disk(TestDisk.NAME);
      Eventually.holds(
          "what could not be taken back is swept",
          Duration.ofMinutes(2),
          () -> {
            sweeping.cleanup("", Duration.ZERO, false);
            assertThat(disk.staged()).isEmpty();
            return true;
          });
    }
  }

  @Test
  @Clause("E1")
  default void a_peer_that_cannot_be_reached_is_said_so_in_time(TestDisk disk) throws Exception {
    disk.save("f", "x");
    try (StorageManager manager = disk.open(IMPATIENT)) {
      Storage storage = manager.disk(TestDisk.NAME);
      disk.proxy().refuse();
      disk.proxy().resetAll();
      long start = System.nanoTime();
      assertThat(Failures.kindOf(() -> storage.metadata("f"))).isEqualTo(ErrorKind.UNAVAILABLE);
      disk.proxy().accept();
      awaitAnswer(storage);
      disk.proxy().blackHole();
      disk.proxy().resetAll();
      assertThat(Failures.kindOf(() -> storage.metadata("f")))
          .isIn(ErrorKind.TIMEOUT, ErrorKind.UNAVAILABLE);
      requireWithin(start, Duration.ofSeconds(20));
      disk.proxy().accept();
      awaitAnswer(storage);
    }
  }

  @Test
  @Clause({"E3", "E4"})
  default void cancelling_a_call_to_a_peer_that_stalls_returns_at_once(TestDisk disk)
      throws Exception {
    SeededContent content = new SeededContent(8, BEYOND_MEMORY);
    disk.storage().save("f", Content.of(content.stream()));
    Cancellation cancellation = Cancellation.create();
    try (Race race = new Race(1);
        Download in =
            disk.storage()
                .download("f", DownloadOptions.defaults().withCancellation(cancellation))) {
      in.readNBytes(1000);
      disk.proxy().stall();
      var read = race.begin(() -> Failures.kindOf(in::readAllBytes));
      cancellation.cancel();
      assertThat(read.get(20, TimeUnit.SECONDS)).isEqualTo(ErrorKind.CANCELLED);
      disk.proxy().thaw();
    }
    disk.requireContent("f", content);
  }

  @Test
  @Clause("E1")
  default void bulk_transfers_keep_eight_requests_in_flight(TestDisk disk) throws Exception {
    int files = 64;
    Path up = Files.createDirectory(disk.temp().resolve("up"));
    for (int i = 0; i < files; i++) {
      Files.write(up.resolve("f" + i), Data.of(i, 40_000));
    }
    disk.storage().exists("warm-up");
    FaultProxy proxy = disk.proxy();
    FlightMeter writing = proxy.meter(disk.harness().flightMeter());
    proxy.closeAll();
    proxy.delay(Duration.ofMillis(20));
    untilEight(writing, () -> disk.storage().saveTree(up, "tree", SaveOptions.defaults()));
    FlightMeter reading = proxy.meter(disk.harness().flightMeter());
    proxy.closeAll();
    Path down = disk.temp().resolve("down");
    untilEight(
        reading, () -> disk.storage().downloadTree("tree", down, DownloadOptions.defaults()));
    proxy.heal();
    proxy.delay(Duration.ZERO);
    for (int i = 0; i < files; i++) {
      assertThat(Files.readAllBytes(down.resolve("f" + i))).isEqualTo(Data.of(i, 40_000));
    }
  }

  /** A machine that has no time can send the first request's end after its answer: then again. */
  private static void untilEight(FlightMeter meter, Failures.Action transfer) throws Exception {
    for (int i = 0; i < 5 && meter.peak() < 8; i++) {
      transfer.run();
    }
    assertThat(meter.peak()).as("requests in flight").isGreaterThanOrEqualTo(8);
  }

  @Test
  @Clause("E1")
  default void one_large_file_keeps_eight_requests_in_flight(TestDisk disk) throws Exception {
    SeededContent content = new SeededContent(20, 96L * 1024 * 1024 + 7);
    String[] options = disk.harness().optionsForALongLine().toArray(String[]::new);
    long memory = 192L * 1024 * 1024;
    FaultProxy proxy = disk.proxy();
    proxy.delay(Duration.ofMillis(20));
    try (StorageManager manager =
        StorageManager.builder()
            .diskMap(DiskMap.parse(disk.diskMap(options)))
            .role(ServerRole.WORKER)
            .transferMemory(memory)
            .build()) {
      Storage storage = manager.disk(TestDisk.NAME);
      FlightMeter writing = proxy.meter(disk.harness().flightMeter());
      proxy.closeAll();
      storage.exists("warm-up");
      untilEight(
          writing, () -> storage.save("large", Content.of(content::stream, content.length())));
      FlightMeter reading = proxy.meter(disk.harness().flightMeter());
      proxy.closeAll();
      storage.exists("warm-up");
      untilEight(
          reading,
          () -> {
            try (Download in = storage.download("large");
                OutputStream out = Files.newOutputStream(disk.temp().resolve("large"))) {
              in.transferTo(out);
            }
          });
      proxy.heal();
      proxy.delay(Duration.ZERO);
    }
    content.assertEquals(disk.temp().resolve("large"));
  }

  @Test
  @Clause({"S7", "E3"})
  default void a_lost_reply_to_a_save_never_doubles_nor_denies_it(TestDisk disk) throws Exception {
    for (boolean absent : conditions(disk)) {
      String path = "put/" + absent;
      SaveOptions options = absent ? SaveOptions.ifAbsent() : SaveOptions.defaults();
      loseReply(disk, Exchange.PUT, () -> disk.storage().save(path, Content.of("x"), options));
      assertThat(disk.text(path)).isEqualTo("x");
    }
    SeededContent content = new SeededContent(9, 12L * 1024 * 1024 + 3);
    for (boolean absent : conditions(disk)) {
      String path = "stream/" + absent;
      SaveOptions options = absent ? disk.newFile() : SaveOptions.defaults();
      loseReply(
          disk,
          Exchange.COMMIT,
          () -> disk.storage().save(path, Content.of(content.stream()), options));
      disk.requireContent(path, content);
    }
  }

  /** Without a condition, and with IF_ABSENT on stores that have it. */
  private static List<Boolean> conditions(TestDisk disk) throws StorageException {
    return disk.capabilities().createCondition() == Capabilities.Atomicity.NONE
        ? List.of(false)
        : List.of(false, true);
  }

  /** Makes a call whose reply is lost: it succeeds, or says that its outcome is unknown. */
  private static boolean loseReply(TestDisk disk, Exchange exchange, Failures.Action call)
      throws Exception {
    Trip trip = disk.harness().loseReply(disk.proxy(), exchange);
    boolean succeeded;
    try {
      call.run();
      succeeded = true;
    } catch (StorageException e) {
      assertThat(e.kind()).as("%s", exchange).isEqualTo(ErrorKind.OUTCOME_UNKNOWN);
      succeeded = false;
    }
    Eventually.holds(trip.toString(), trip::fired);
    disk.proxy().heal();
    return succeeded;
  }

  @Test
  @Clause({"S7", "S8"})
  default void a_lost_reply_to_a_commit_is_settled_by_its_upload_id(TestDisk disk)
      throws Exception {
    int chunk = disk.chunkSize();
    byte[] content = Data.of(10, chunk + 7);
    Upload upload = disk.storage().beginUpload("f", disk.newFile());
    try (upload) {
      upload.write(0, TestDisk.chunk(content, chunk, 0));
      upload.write(chunk, TestDisk.chunk(content, chunk, 1));
      loseReply(disk, Exchange.COMMIT, () -> upload.commit(content.length));
    }
    try (Upload again = disk.storage().resumeUpload(upload.id())) {
      assertThat(again.commit(content.length).size()).isEqualTo(content.length);
    }
    assertThat(disk.bytes("f")).isEqualTo(content);
  }

  @Test
  @Clause({"S7", "C2"})
  default void a_lost_reply_to_a_copy_or_move_never_doubles_nor_denies_it(TestDisk disk)
      throws Exception {
    List<String> expected = new ArrayList<>();
    for (boolean absent : conditions(disk)) {
      SaveOptions options = absent ? SaveOptions.ifAbsent() : SaveOptions.defaults();
      disk.save("a" + absent, "content");
      loseReply(
          disk, Exchange.COPY, () -> disk.storage().copy("a" + absent, "copy/" + absent, options));
      loseReply(
          disk, Exchange.MOVE, () -> disk.storage().move("a" + absent, "move/" + absent, options));
      assertThat(disk.text("copy/" + absent)).isEqualTo("content");
      assertThat(disk.text("move/" + absent)).isEqualTo("content");
      assertThat(disk.storage().exists("a" + absent)).isFalse();
      expected.add("copy/" + absent);
      expected.add("move/" + absent);
    }
    assertThat(disk.names("")).containsExactlyInAnyOrderElementsOf(expected);
  }

  @Test
  @Clause({"S7", "D1"})
  default void a_lost_reply_to_a_delete_leaves_the_file_deleted(TestDisk disk) throws Exception {
    disk.save("f", "x");
    loseReply(disk, Exchange.DELETE, () -> disk.storage().delete("f"));
    assertThat(disk.storage().exists("f")).isFalse();
    if (disk.capabilities().strongTags()) {
      disk.save("g", "x");
      DeleteOptions same = DeleteOptions.defaults().withIfMatch(disk.tag("g"));
      loseReply(disk, Exchange.DELETE, () -> disk.storage().delete("g", same));
      assertThat(disk.storage().exists("g")).isFalse();
    }
  }

  @Test
  @Clause({"S8", "R3"})
  default void what_is_stored_is_not_sent_again(TestDisk disk) throws Exception {
    int chunk = disk.chunkSize();
    byte[] content = Data.of(11, 8 * chunk);
    Upload upload = disk.storage().beginUpload("f", SaveOptions.defaults());
    for (int i = 0; i < 6; i++) {
      upload.write((long) i * chunk, TestDisk.chunk(content, chunk, i));
    }
    upload.detach();
    long before = disk.proxy().bytesIn(Direction.TO_SERVER);
    try (Upload again = disk.storage().resumeUpload(upload.id())) {
      long stored = again.received().get(0).length();
      assertThat(stored).isEqualTo(6L * chunk);
      for (int i = 6; i < 8; i++) {
        again.write((long) i * chunk, ByteBuffer.wrap(content, i * chunk, chunk));
      }
      again.commit(content.length);
    }
    long sent = disk.proxy().bytesIn(Direction.TO_SERVER) - before;
    assertThat(sent).isBetween(2L * chunk, 3L * chunk + 64 * 1024);
    assertThat(disk.bytes("f")).isEqualTo(content);
  }
}
