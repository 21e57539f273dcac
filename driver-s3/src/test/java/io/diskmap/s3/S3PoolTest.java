package io.diskmap.s3;

import static org.assertj.core.api.Assertions.assertThat;

import io.diskmap.Content;
import io.diskmap.DeleteReport;
import io.diskmap.DiskMap;
import io.diskmap.ErrorKind;
import io.diskmap.SaveOptions;
import io.diskmap.Storage;
import io.diskmap.StorageException;
import io.diskmap.StorageManager;
import io.diskmap.testkit.data.SeededContent;
import io.diskmap.testkit.fault.Direction;
import io.diskmap.testkit.fault.Ending;
import io.diskmap.testkit.fault.FaultProxy;
import io.diskmap.testkit.fault.ProxiedConnection;
import io.diskmap.testkit.fault.Trip;
import io.diskmap.testkit.invariant.Eventually;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import software.amazon.awssdk.core.sync.RequestBody;

/**
 * Connections that the store has closed while they waited in the pool, with a client and a core
 * that repeat nothing.
 */
@Timeout(120)
class S3PoolTest {
  private static final int POOLED = 24;

  private static S3Server server;
  private static S3Admin admin;

  private FaultProxy proxy;
  private StorageManager manager;
  private Storage storage;

  @BeforeAll
  static void startServer() throws Exception {
    server = S3Server.s3proxy();
    admin = new S3Admin(server);
  }

  @AfterAll
  static void stopServer() throws Exception {
    admin.close();
    server.close();
  }

  @BeforeEach
  void open() throws Exception {
    admin.createBucket("pool");
    proxy = FaultProxy.to(server.endpoint().getHost(), server.endpoint().getPort());
    URI line = URI.create("http://127.0.0.1:" + proxy.port());
    List<String> once = List.of("\"retries\":1", "\"retry_mode\":\"off\"", "\"connections\":32");
    manager =
        StorageManager.open(
            DiskMap.parse(
                "{\"disks\":{\"disk\":" + S3Harness.json(server, line, "pool", once) + "}}"));
    storage = manager.disk("disk");
    storage.save("f", Content.of("content"));
  }

  @AfterEach
  void close() throws Exception {
    manager.close();
    proxy.close();
    admin.removeBucket("pool");
  }

  /** Leaves many connections in the pool, which all break at once. */
  private void breakPool(Consumer<FaultProxy> how) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(POOLED);
    try {
      proxy.stall(Direction.TO_CLIENT);
      CountDownLatch asking = new CountDownLatch(POOLED);
      List<Future<Boolean>> answers = new ArrayList<>();
      for (int i = 0; i < POOLED; i++) {
        answers.add(
            threads.submit(
                () -> {
                  asking.countDown();
                  return storage.exists("f");
                }));
      }
      assertThat(asking.await(30, TimeUnit.SECONDS)).isTrue();
      Eventually.holds("a connection for each", () -> proxy.open() >= POOLED);
      proxy.thaw(Direction.TO_CLIENT);
      for (Future<Boolean> answer : answers) {
        assertThat(answer.get(30, TimeUnit.SECONDS)).isTrue();
      }
    } finally {
      threads.shutdownNow();
    }
    how.accept(proxy);
  }

  @Test
  void any_call_succeeds_when_all_connections_of_the_pool_are_closed() throws Exception {
    SeededContent large = new SeededContent(1, 11L * 1024 * 1024 + 3);
    for (Consumer<FaultProxy> how :
        List.<Consumer<FaultProxy>>of(FaultProxy::closeAll, FaultProxy::resetAll)) {
      breakPool(how);
      assertThat(storage.exists("f")).isTrue();
      breakPool(how);
      try (var in = storage.download("f")) {
        assertThat(in.readAllBytes()).isEqualTo("content".getBytes(StandardCharsets.UTF_8));
      }
      breakPool(how);
      storage.save("g", Content.of("one"), SaveOptions.ifAbsent());
      breakPool(how);
      storage.save("large", Content.of(large.stream()));
      breakPool(how);
      storage.copy("large", "copy", SaveOptions.defaults());
      breakPool(how);
      storage.delete("g");
      breakPool(how);
      assertThat(storage.deletePrefix("nothing").files()).isZero();
      storage.save("d/a", Content.of("a"));
      storage.save("d/b", Content.of("b"));
      breakPool(how);
      assertThat(storage.deletePrefix("d").files()).isEqualTo(2);
      assertThat(admin.keys("pool", "")).contains("f", "large", "copy").doesNotContain("g");
    }
  }

  @Test
  void a_save_whose_answer_is_lost_is_sent_once() throws Exception {
    AtomicInteger sent = new AtomicInteger();
    for (int i = 1; i <= 3; i++) {
      proxy.when(
          Direction.TO_SERVER,
          "PUT /pool/h".getBytes(StandardCharsets.US_ASCII),
          i,
          connection -> sent.incrementAndGet());
    }
    Trip trip = proxy.dropReplyTo("PUT /pool/h", Ending.RESET);
    storage.save("h", Content.of("new"));
    Eventually.holds("the answer was lost", trip::fired);
    assertThat(sent).hasValue(1);
    assertThat(admin.keys("pool", "h")).containsExactly("h");
  }

  @Test
  void a_batch_of_deletes_without_an_answer_spares_what_was_saved_after_it() throws Exception {
    storage.save("d/a", Content.of("old"));
    storage.save("d/b", Content.of("old"));
    AtomicInteger again = new AtomicInteger();
    proxy.when(
        Direction.TO_SERVER,
        "POST /pool".getBytes(StandardCharsets.US_ASCII),
        2,
        connection -> again.incrementAndGet());
    proxy.when(
        Direction.TO_SERVER,
        "max-keys=1&prefix=d%2Fa".getBytes(StandardCharsets.US_ASCII),
        1,
        connection ->
            admin
                .client()
                .putObject(
                    r -> r.bucket("pool").key("d/a"), RequestBody.fromString("newer content")));
    Trip trip = proxy.dropReplyTo("POST /pool", Ending.RESET);
    DeleteReport report = storage.deletePrefix("d");
    Eventually.holds("the answer was lost", trip::fired);
    assertThat(report.files()).isEqualTo(2);
    assertThat(report.failed()).isZero();
    assertThat(again).hasValue(0);
    assertThat(admin.keys("pool", "d/")).containsExactly("d/a");
  }

  @Test
  void a_batch_of_deletes_that_did_not_arrive_is_sent_again() throws Exception {
    storage.save("d/a", Content.of("a"));
    storage.save("d/b", Content.of("b"));
    Trip trip = proxy.when(Direction.TO_SERVER, "POST /pool", ProxiedConnection::reset);
    DeleteReport report = storage.deletePrefix("d");
    Eventually.holds("the request was cut", trip::fired);
    assertThat(report.files()).isEqualTo(2);
    assertThat(report.failed()).isZero();
    assertThat(admin.keys("pool", "d/")).isEmpty();
  }

  @Test
  void a_store_that_breaks_every_connection_ends_the_call() throws Exception {
    breakPool(FaultProxy::closeAll);
    proxy.cutEachAfter(Direction.TO_SERVER, 10, Ending.FIN);
    try {
      storage.exists("f");
      throw new AssertionError("there was an answer");
    } catch (StorageException e) {
      assertThat(e.kind()).isEqualTo(ErrorKind.UNAVAILABLE);
    }
    proxy.heal();
    assertThat(storage.exists("f")).isTrue();
  }
}
