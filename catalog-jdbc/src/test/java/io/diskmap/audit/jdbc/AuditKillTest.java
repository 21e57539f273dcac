package io.diskmap.audit.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.diskmap.AuditEvent.Outcome;
import io.diskmap.AuditPage;
import io.diskmap.AuditQuery;
import io.diskmap.AuditRecord;
import io.diskmap.CallContext;
import io.diskmap.Content;
import io.diskmap.DiskMap;
import io.diskmap.SaveOptions;
import io.diskmap.Storage;
import io.diskmap.StorageException;
import io.diskmap.StorageManager;
import io.diskmap.testkit.invariant.Eventually;
import io.diskmap.testkit.process.ChildJvm;
import io.diskmap.testkit.process.NeedsInstalled;
import io.diskmap.testkit.server.PostgresServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A services server that is killed again and again while clients save and delete. The system
 * property {@code diskmap.audit.kills} says how often, 100 in the full setting.
 */
class AuditKillTest {
  private static final int KILLS = Integer.getInteger("diskmap.audit.kills", 20);
  private static final Duration START = Duration.ofMinutes(3);
  private static final int CLIENTS = 4;

  @TempDir Path directory;

  private final Random random = new Random(4711);
  private final Queue<Done> done = new ConcurrentLinkedQueue<>();
  private final AtomicInteger number = new AtomicInteger();

  /** An operation that was answered with success. */
  private record Done(String requestId, String path) {}

  @Test
  void no_operation_is_without_its_record_in_an_embedded_store() throws Exception {
    run(directory.resolve("store").toString(), KILLS);
  }

  @Test
  @NeedsInstalled(tools = "pg_ctlcluster", packages = "postgresql")
  void no_operation_is_without_its_record_in_postgresql() throws Exception {
    try (PostgresServer server = PostgresServer.start()) {
      run(server.jdbcUrl(), Math.max(1, KILLS / 2));
    }
  }

  private void run(String store, int kills) throws Exception {
    Path root = Files.createDirectories(directory.resolve("root"));
    for (int round = 0; round < kills; round++) {
      try (ChildJvm server = start(root, store)) {
        load(port(server), server);
      }
    }
    try (ChildJvm server = start(root, store)) {
      port(server);
      check(root, store);
      server.endInput();
      server.awaitSuccess(START);
    }
    check(root, store);
    assertThat(done.size()).isGreaterThan(kills);
  }

  private static ChildJvm start(Path root, String store) throws IOException {
    return ChildJvm.of(AuditedServerMain.class)
        .options("-XX:TieredStopAtLevel=1", "-Xmx256m")
        .arguments(root.toString(), store)
        .start();
  }

  private static int port(ChildJvm server) throws InterruptedException {
    return Integer.parseInt(server.awaitLine("port ", START).substring(5));
  }

  /** Clients at work until the server is killed in their midst. */
  private void load(int port, ChildJvm server) throws Exception {
    Map<String, Object> options =
        Map.of("url", "http://127.0.0.1:" + port, "api_key", AuditedServerMain.KEY, "retries", 1);
    DiskMap map = DiskMap.builder().disk("workspace", "remote-http", options).build();
    AtomicBoolean over = new AtomicBoolean();
    AtomicInteger answered = new AtomicInteger();
    ExecutorService threads = Executors.newFixedThreadPool(CLIENTS);
    try (StorageManager storages = StorageManager.open(map)) {
      Storage workspace = storages.workspace();
      List<Future<?>> clients = new ArrayList<>();
      for (int i = 0; i < CLIENTS; i++) {
        clients.add(threads.submit(() -> client(workspace, over, answered)));
      }
      Eventually.holds("calls are answered", START, () -> answered.get() >= 3);
      LockSupport.parkNanos(random.nextInt(400_000_000));
      server.kill9();
      over.set(true);
      for (Future<?> client : clients) {
        client.get();
      }
    } finally {
      threads.shutdown();
    }
  }

  private void client(Storage workspace, AtomicBoolean over, AtomicInteger answered) {
    while (!over.get()) {
      int n = number.incrementAndGet();
      String id = "request-%08d".formatted(n);
      String path = "d" + n % 7 + "/f" + n;
      Storage view = workspace.with(CallContext.ofUser("user" + n % 3).withRequestId(id));
      try {
        view.save(path, Content.of("content " + n), SaveOptions.defaults());
        done.add(new Done(id, path));
        if (n % 4 == 0) {
          String delete = "delete-%08d".formatted(n);
          workspace.with(CallContext.ofUser("eve").withRequestId(delete)).delete(path);
          done.add(new Done(delete, path));
        }
        answered.incrementAndGet();
      } catch (StorageException e) {
        LockSupport.parkNanos(1_000_000);
      }
    }
  }

  private void check(Path root, String store) throws IOException {
    try (AuditArchive archive = AuditArchive.open(store)) {
      assertThat(archive.verify().breaks()).isEmpty();
      Map<String, List<AuditRecord>> byRequest = new HashMap<>();
      Map<String, List<AuditRecord>> byPath = new HashMap<>();
      AuditQuery query = AuditQuery.all().withLimit(AuditQuery.MAX_LIMIT);
      Optional<AuditQuery> next = Optional.of(query);
      while (next.isPresent()) {
        AuditPage page = archive.trail().page(next.get());
        for (AuditRecord record : page.records()) {
          String id = record.event().context().requestId().orElse("");
          byRequest.computeIfAbsent(id, k -> new ArrayList<>()).add(record);
          byPath.computeIfAbsent(record.event().filePath(), k -> new ArrayList<>()).add(record);
        }
        next = page.next().map(query::withAfter);
      }
      for (Done one : done) {
        List<AuditRecord> records = byRequest.getOrDefault(one.requestId(), List.of());
        assertThat(records).as(one.toString()).hasSize(1);
        assertThat(records.get(0).event().outcome())
            .as(one.toString())
            .isIn(Outcome.OK, Outcome.UNKNOWN);
        assertThat(records.get(0).event().filePath()).isEqualTo(one.path());
      }
      try (Stream<Path> files = Files.walk(root)) {
        for (Path file : files.filter(Files::isRegularFile).toList()) {
          String path = root.relativize(file).toString();
          if (!path.contains(".diskmap")) {
            assertThat(byPath).containsKey(path);
          }
        }
      }
    }
  }
}
