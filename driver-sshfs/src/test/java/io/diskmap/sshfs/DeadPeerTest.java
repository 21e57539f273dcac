package io.diskmap.sshfs;

import static org.assertj.core.api.Assertions.assertThat;

import io.diskmap.Content;
import io.diskmap.ErrorKind;
import io.diskmap.Storage;
import io.diskmap.StorageException;
import io.diskmap.StorageListener;
import io.diskmap.StorageManager;
import io.diskmap.testkit.contract.Failures;
import io.diskmap.testkit.contract.Race;
import io.diskmap.testkit.contract.StagedLeftovers;
import io.diskmap.testkit.data.SeededContent;
import io.diskmap.testkit.fault.Direction;
import io.diskmap.testkit.fault.FaultProxy;
import io.diskmap.testkit.invariant.Eventually;
import io.diskmap.testkit.server.NeedsOpenSsh;
import io.diskmap.testkit.server.OpenSshServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Servers that fall silent, lines that are cut, and restarts under way. */
@Timeout(300)
@NeedsOpenSsh
class DeadPeerTest {
  private OpenSshServer server;
  private FaultProxy line;

  @BeforeEach
  void start() throws Exception {
    server = OpenSshServer.launch();
    line = FaultProxy.to("127.0.0.1", server.port());
  }

  @AfterEach
  void stop() throws Exception {
    line.close();
    server.close();
  }

  private SshDisk disk() {
    return SshDisk.on(server).through(line.port(), server);
  }

  private static Duration since(long start) {
    return Duration.ofNanos(System.nanoTime() - start);
  }

  /** With a keep-alive of five seconds; the limit of 45 seconds is that of fifteen. */
  @Test
  void a_silent_peer_is_given_up_by_keep_alive_while_an_upload_is_stuck_in_a_full_socket()
      throws Exception {
    SshDisk patient =
        disk().with("keepalive", "5s").with("timeout", "60s").with("stall_timeout", "60s");
    try (StorageManager manager = patient.with("retries", 1).open();
        Race race = new Race(1)) {
      Storage storage = SshDisk.of(manager);
      storage.exists("warm-up");
      SeededContent large = new SeededContent(1, 512L * 1024 * 1024);
      line.rate(Direction.TO_SERVER, 8 << 20);
      Future<Optional<ErrorKind>> save = race.begin(() -> kindOf(storage, large));
      Eventually.holds(
          "the upload is under way", () -> line.bytesIn(Direction.TO_SERVER) > 4 << 20);
      line.stall();
      long start = System.nanoTime();
      Eventually.holds("the connection is given up", () -> line.accepted() > 1);
      assertThat(since(start)).isLessThan(Duration.ofSeconds(15));
      line.refuse();
      line.resetAll();
      assertThat(save.get(60, TimeUnit.SECONDS)).isPresent();
      line.heal();
      line.accept();
      storage.save("small", Content.of("x"));
    }
  }

  private static Optional<ErrorKind> kindOf(Storage storage, SeededContent content) {
    try {
      storage.save("large", Content.of(content.stream()));
      return Optional.empty();
    } catch (StorageException e) {
      return Optional.of(e.kind());
    }
  }

  @Test
  void a_peer_that_is_silent_while_nothing_is_under_way_is_given_up_too() throws Exception {
    try (StorageManager manager = disk().with("keepalive", "5s").open()) {
      Storage storage = SshDisk.of(manager);
      storage.exists("f");
      assertThat(isConnected()).isTrue();
      line.stall();
      long start = System.nanoTime();
      Eventually.holds("the connection is given up", () -> !isConnected());
      assertThat(since(start)).isLessThan(Duration.ofSeconds(15));
      line.thaw();
      assertThat(storage.exists("f")).isFalse();
    }
  }

  /** The SSH library has one reader thread for each connection. */
  private static boolean isConnected() {
    return Thread.getAllStackTraces().keySet().stream()
        .anyMatch(thread -> thread.getName().startsWith("sshj-Reader"));
  }

  @Test
  void a_cut_connection_is_replaced_within_five_seconds() throws Exception {
    try (StorageManager manager = disk().open()) {
      Storage storage = SshDisk.of(manager);
      storage.save("f", Content.of("x"));
      Duration fastest = Duration.ofDays(1);
      for (int i = 0; i < 5; i++) {
        line.resetAll();
        long start = System.nanoTime();
        assertThat(storage.exists("f")).isTrue();
        Duration took = since(start);
        fastest = took.compareTo(fastest) < 0 ? took : fastest;
        assertThat(took).isLessThan(Duration.ofSeconds(30));
      }
      assertThat(fastest).isLessThan(Duration.ofSeconds(5));
    }
  }

  /** Counts how often each operation was tried again. */
  private static final class Retries implements StorageListener {
    private final Map<String, AtomicInteger> counts = new ConcurrentHashMap<>();

    @Override
    public void retried(
        Operation operation, int attempt, StorageException failure, Duration pause) {
      counts.computeIfAbsent(operation.requestId(), id -> new AtomicInteger()).incrementAndGet();
    }

    int most() {
      return counts.values().stream().mapToInt(AtomicInteger::get).max().orElse(0);
    }
  }

  @Test
  void a_restart_in_the_middle_of_a_thousand_operations_costs_one_retry_each_and_loses_nothing()
      throws Exception {
    AtomicInteger done = new AtomicInteger();
    Retries retries = new Retries();
    try (StorageManager manager = disk().open(retries);
        Race race = new Race(8)) {
      Storage storage = SshDisk.of(manager);
      List<Future<Integer>> runs = new ArrayList<>();
      for (int thread = 0; thread < 8; thread++) {
        int number = thread;
        runs.add(race.begin(() -> saveAll(storage, number, done)));
      }
      Eventually.holds("a third of the work is done", () -> done.get() > 300);
      server.kill();
      server.start();
      for (Future<Integer> run : runs) {
        assertThat(run.get(90, TimeUnit.SECONDS)).isEqualTo(125);
      }
      assertThat(retries.most()).isLessThanOrEqualTo(1);
      for (int thread = 0; thread < 8; thread++) {
        for (int i = 0; i < 125; i++) {
          String path = path(thread, i);
          try (var in = storage.download(path)) {
            assertThat(in.readAllBytes()).asString().isEqualTo("content of " + path);
          }
        }
      }
    }
    Eventually.holds("nothing staged is left", () -> isTidy(server.files()));
  }

  private static boolean isTidy(Path files) {
    try {
      return StagedLeftovers.in(files).isEmpty();
    } catch (java.io.IOException changing) {
      return false;
    }
  }

  private static String path(int thread, int number) {
    return "t" + thread + "/f" + number;
  }

  private static int saveAll(Storage storage, int thread, AtomicInteger done) throws Exception {
    int saved = 0;
    for (int i = 0; i < 125; i++) {
      String path = path(thread, i);
      storage.save(path, Content.of("content of " + path));
      done.incrementAndGet();
      saved++;
    }
    return saved;
  }

  @Test
  void a_download_in_the_middle_of_a_restart_goes_on_where_it_was() throws Exception {
    byte[] content = new SeededContent(3, 24L * 1024 * 1024).stream().readAllBytes();
    Path file = server.files().resolve("f");
    Files.write(file, content);
    Files.setLastModifiedTime(
        file, FileTime.fromMillis(System.currentTimeMillis() - TimeUnit.MINUTES.toMillis(10)));
    try (StorageManager manager = disk().open();
        var in = SshDisk.of(manager).download("f")) {
      assertThat(in.readNBytes(1_000_000)).hasSize(1_000_000);
      server.kill();
      server.start();
      long before = line.bytesOut(Direction.TO_CLIENT);
      byte[] rest = in.readAllBytes();
      assertThat(rest).isEqualTo(Arrays.copyOfRange(content, 1_000_000, content.length));
      assertThat(line.bytesOut(Direction.TO_CLIENT) - before)
          .as("bytes that came after the restart")
          .isLessThan(content.length);
    }
  }

  @Test
  void a_server_that_stays_away_is_said_so_after_the_time_of_the_option_reconnect()
      throws Exception {
    try (StorageManager manager = disk().with("reconnect", "1s").with("retries", 2).open()) {
      Storage storage = SshDisk.of(manager);
      storage.exists("f");
      server.kill();
      long start = System.nanoTime();
      // The first attempt may still meet the connection that dies.
      assertThat(Failures.kindOf(() -> storage.metadata("f"))).isEqualTo(ErrorKind.UNAVAILABLE);
      assertThat(since(start)).isBetween(Duration.ofMillis(900), Duration.ofSeconds(30));
      server.start();
      assertThat(storage.exists("f")).isFalse();
    }
  }
}
