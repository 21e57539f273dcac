package io.diskmap.sshfs;

import static org.assertj.core.api.Assertions.assertThat;

import io.diskmap.Content;
import io.diskmap.ErrorKind;
import io.diskmap.Storage;
import io.diskmap.StorageException;
import io.diskmap.StorageManager;
import io.diskmap.testkit.contract.Race;
import io.diskmap.testkit.data.SeededContent;
import io.diskmap.testkit.fault.FaultProxy;
import io.diskmap.testkit.server.OpenSshServer;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Servers that fall silent, lines that are cut, and restarts under way. */
@Timeout(120)
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

  @Test
  void a_silent_peer_is_given_up_by_keep_alive_while_an_upload_is_stuck_in_a_full_socket()
      throws Exception {
    SshDisk patient =
        disk().with("keepalive", "1s").with("timeout", "60s").with("stall_timeout", "60s");
    try (StorageManager manager = patient.with("retries", 1).open();
        Race race = new Race(1)) {
      Storage storage = SshDisk.of(manager);
      storage.exists("warm-up");
      SeededContent large = new SeededContent(1, 512L * 1024 * 1024);
      line.rate(io.diskmap.testkit.fault.Direction.TO_SERVER, 8 << 20);
      Future<Optional<ErrorKind>> save =
          race.begin(
              () -> {
                try {
                  storage.save("large", Content.of(large.stream()));
                  return Optional.empty();
                } catch (StorageException e) {
                  return Optional.of(e.kind());
                }
              });
      io.diskmap.testkit.invariant.Eventually.holds(
          "the upload is under way",
          () -> line.bytesIn(io.diskmap.testkit.fault.Direction.TO_SERVER) > 4 << 20);
      line.stall();
      long start = System.nanoTime();
      io.diskmap.testkit.invariant.Eventually.holds(
          "the connection is given up", () -> line.accepted() > 1);
      assertThat(since(start)).isLessThan(Duration.ofSeconds(6));
      line.refuse();
      line.resetAll();
      assertThat(save.get(60, TimeUnit.SECONDS)).isPresent();
      line.heal();
      line.accept();
      storage.save("small", Content.of("x"));
    }
  }

  @Test
  void a_cut_connection_is_replaced_within_five_seconds() throws Exception {
    try (StorageManager manager = disk().open()) {
      Storage storage = SshDisk.of(manager);
      storage.save("f", Content.of("x"));
      for (int i = 0; i < 5; i++) {
        line.resetAll();
        long start = System.nanoTime();
        assertThat(storage.exists("f")).isTrue();
        assertThat(since(start)).isLessThan(Duration.ofSeconds(5));
      }
    }
  }

  @Test
  void a_restart_in_the_middle_of_a_thousand_operations_loses_nothing() throws Exception {
    AtomicInteger saved = new AtomicInteger();
    try (StorageManager manager = disk().with("retries", 6).open();
        Race race = new Race(8)) {
      Storage storage = SshDisk.of(manager);
      var runs = new java.util.ArrayList<Future<Integer>>();
      for (int thread = 0; thread < 8; thread++) {
        int number = thread;
        runs.add(
            race.begin(
                () -> {
                  int failures = 0;
                  for (int i = 0; i < 125; i++) {
                    String path = "t" + number + "/f" + i;
                    try {
                      storage.save(path, Content.of("content of " + path));
                    } catch (StorageException e) {
                      failures++;
                      if (e.kind() != ErrorKind.OUTCOME_UNKNOWN) {
                        throw e;
                      }
                    }
                    saved.incrementAndGet();
                  }
                  return failures;
                }));
      }
      io.diskmap.testkit.invariant.Eventually.holds(
          "a third of the work is done", () -> saved.get() > 300);
      server.kill();
      server.start();
      int unknown = 0;
      for (Future<Integer> run : runs) {
        unknown += run.get(90, TimeUnit.SECONDS);
      }
      assertThat(unknown).isZero();
      for (int thread = 0; thread < 8; thread++) {
        for (int i = 0; i < 125; i++) {
          String path = "t" + thread + "/f" + i;
          try (var in = storage.download(path)) {
            assertThat(in.readAllBytes()).asString().isEqualTo("content of " + path);
          }
        }
      }
    }
    assertThat(Leftovers.in(server.files())).isEmpty();
  }

  @Test
  void a_download_in_the_middle_of_a_restart_goes_on_where_it_was() throws Exception {
    byte[] content = new SeededContent(3, 24L * 1024 * 1024).stream().readAllBytes();
    java.nio.file.Path file = server.files().resolve("f");
    java.nio.file.Files.write(file, content);
    java.nio.file.Files.setLastModifiedTime(
        file, java.nio.file.attribute.FileTime.fromMillis(System.currentTimeMillis() - 600_000));
    try (StorageManager manager = disk().with("retries", 6).open();
        var in = SshDisk.of(manager).download("f")) {
      assertThat(in.readNBytes(1_000_000)).hasSize(1_000_000);
      server.kill();
      server.start();
      byte[] rest = in.readAllBytes();
      assertThat(rest).isEqualTo(java.util.Arrays.copyOfRange(content, 1_000_000, content.length));
    }
  }
}
