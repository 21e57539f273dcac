package io.diskmap.audit.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.diskmap.AuditEvent;
import io.diskmap.AuditEvent.Outcome;
import io.diskmap.AuditQuery;
import io.diskmap.AuditSection.OnFailure;
import io.diskmap.testkit.invariant.Eventually;
import io.diskmap.testkit.process.NeedsInstalled;
import io.diskmap.testkit.server.PostgresServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The audit store in PostgreSQL. */
@NeedsInstalled(tools = "pg_ctlcluster", packages = "postgresql")
class PostgresAuditTest extends AuditStoreContract {
  private static final Duration AT_LAST = Duration.ofSeconds(60);
  private static PostgresServer server;

  @BeforeAll
  static void start() throws Exception {
    server = PostgresServer.start();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @Override
  String store() {
    return server.jdbcUrl();
  }

  @Override
  String jdbcUrl() {
    return server.jdbcUrl();
  }

  @AfterEach
  void startAgain() throws Exception {
    server.process().start();
  }

  @Test
  void a_store_that_is_down_refuses_operations_until_it_is_back() throws Exception {
    AuditEvent begun = Events.intent("ann", "a/begun");
    try (JdbcAuditStore store = open()) {
      store.started(begun);
      server.process().stop();
      assertThatThrownBy(() -> store.started(Events.intent("ann", "a/refused")))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("audit store");
      store.finished(Events.ended(begun, Outcome.OK));
      server.process().start();
      Eventually.holds("the store is back", AT_LAST, () -> takes(store));
      store.flush();
      assertThat(store.trail().page(AuditQuery.all().withPath("a/begun")).records())
          .extracting(record -> record.event().outcome())
          .containsExactly(Outcome.OK);
      assertThat(store.trail().page(AuditQuery.all().withPath("a/refused")).records())
          .allMatch(record -> record.event().outcome() == Outcome.FAILED);
    }
    assertThat(verify().breaks()).isEmpty();
  }

  private static boolean takes(JdbcAuditStore store) {
    try {
      Events.record(store, Events.intent("ann", "a/again"), Outcome.OK);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  @Test
  void a_spool_takes_records_while_the_store_is_down_and_replays_them_in_order() throws Exception {
    List<AuditEvent> written;
    try (JdbcAuditStore store = open(OnFailure.SPOOL)) {
      fill(store, 3);
      server.process().stop();
      written = fill(store, 20);
    }
    try (JdbcAuditStore store = open(OnFailure.SPOOL)) {
      Events.record(store, Events.intent("zoe", "z"), Outcome.OK);
    }
    server.process().start();
    try (JdbcAuditStore store = open(OnFailure.SPOOL)) {
      AuditQuery query =
          AuditQuery.all().withOrder(AuditQuery.Order.OLDEST_FIRST).withPrefix("a").withLimit(1000);
      List<String> kept =
          store.trail().page(query).records().stream().map(r -> r.event().eventId()).toList();
      assertThat(kept)
          .hasSize(23)
          .containsSubsequence(written.stream().map(AuditEvent::eventId).toList());
      assertThat(store.trail().page(AuditQuery.all().withUser("zoe")).records()).hasSize(1);
      assertThat(store.archive().verify().breaks()).isEmpty();
    }
    try (Stream<Path> files = Files.list(directory.resolve("spool"))) {
      assertThat(files).isEmpty();
    }
  }

  @Test
  void a_store_that_stands_still_refuses_within_its_time() throws Exception {
    try (JdbcAuditStore store = open()) {
      fill(store, 1);
      server.process().freeze();
      try {
        long start = System.nanoTime();
        assertThatThrownBy(() -> store.started(Events.intent("ann", "a/frozen")))
            .isInstanceOf(IOException.class);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(AT_LAST);
      } finally {
        server.process().thaw();
      }
      Eventually.holds("the store is back", AT_LAST, () -> takes(store));
    }
    assertThat(verify().breaks()).isEmpty();
  }
}
