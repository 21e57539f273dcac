package io.diskmap.audit.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.diskmap.AuditAction;
import io.diskmap.AuditDay;
import io.diskmap.AuditEvent;
import io.diskmap.AuditEvent.Outcome;
import io.diskmap.AuditPage;
import io.diskmap.AuditQuery;
import io.diskmap.AuditRecord;
import io.diskmap.AuditSection.OnFailure;
import io.diskmap.Secret;
import io.diskmap.ServerRole;
import io.diskmap.audit.jdbc.AuditVerdict.Break;
import io.diskmap.jdbc.internal.Database;
import io.diskmap.spi.AuditStoreRequest;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What holds for an audit store in every database. */
abstract class AuditStoreContract {
  @TempDir Path directory;

  /** The directory or URL of a store, the same for all of a test. */
  abstract String store();

  /** The URL of a connection that goes past the store. */
  abstract String jdbcUrl() throws IOException;

  @BeforeEach
  void removeTables() throws Exception {
    try (Connection connection = DriverManager.getConnection(jdbcUrl());
        Statement statement = connection.createStatement()) {
      for (String table :
          List.of(
              "audit_writer", "audit_intent", "audit_record", "audit_lease", "diskmap_schema")) {
        statement.execute("DROP TABLE IF EXISTS " + table);
      }
    }
  }

  JdbcAuditStore open() throws IOException {
    return open(OnFailure.REFUSE);
  }

  JdbcAuditStore open(OnFailure onFailure) throws IOException {
    return open(onFailure, Clock.systemUTC());
  }

  JdbcAuditStore open(OnFailure onFailure, Instant now) throws IOException {
    return open(onFailure, Clock.fixed(now, ZoneOffset.UTC));
  }

  private JdbcAuditStore open(OnFailure onFailure, Clock clock) throws IOException {
    return (JdbcAuditStore)
        new JdbcAuditStoreFactory()
            .open(
                new AuditStoreRequest(
                    Secret.of(store()),
                    onFailure,
                    Optional.of(directory.resolve("spool")),
                    ServerRole.SERVICES,
                    clock));
  }

  void sql(String statement, Object... values) throws SQLException, IOException {
    try (Connection connection = DriverManager.getConnection(jdbcUrl());
        PreparedStatement prepared = connection.prepareStatement(statement)) {
      for (int i = 0; i < values.length; i++) {
        prepared.setObject(i + 1, values[i]);
      }
      assertThat(prepared.executeUpdate()).isPositive();
    }
  }

  AuditVerdict verify() throws IOException {
    try (AuditArchive archive = AuditArchive.open(store())) {
      return archive.verify();
    }
  }

  List<AuditEvent> fill(JdbcAuditStore store, int operations) throws IOException {
    List<AuditEvent> events = new ArrayList<>();
    for (int i = 0; i < operations; i++) {
      AuditEvent intent =
          Events.intent("user" + i % 3, "a/b" + i, Events.START.plus(Duration.ofHours(i)));
      events.add(Events.record(store, intent, i % 5 == 4 ? Outcome.DENIED : Outcome.OK));
    }
    return events;
  }

  @Test
  void what_is_recorded_comes_back_with_every_field() throws Exception {
    try (JdbcAuditStore store = open()) {
      AuditEvent event = Events.record(store, Events.intent("ann", "a/b.csv"), Outcome.OK);
      List<AuditRecord> found = store.trail().page(AuditQuery.all()).records();
      assertThat(found).hasSize(1);
      assertThat(found.get(0).event()).isEqualTo(event);
      assertThat(found.get(0).duration()).contains(Duration.ofMillis(25));
      assertThat(found.get(0).toJson())
          .contains("\"user\":\"ann\"", "\"file_path\":\"a/b.csv\"", "\"sequence\":3");
    }
    assertThat(verify().isIntact()).isTrue();
  }

  @Test
  void names_that_no_database_keeps_are_escaped_and_cut() throws Exception {
    String hostile = "'; DROP TABLE audit_record; --<script>\u0000\ud800😀" + "é".repeat(2000);
    try (JdbcAuditStore store = open()) {
      Events.record(store, Events.intent(hostile, hostile), Outcome.DENIED);
      AuditEvent found = store.trail().page(AuditQuery.all()).records().get(0).event();
      assertThat(found.filePath())
          .startsWith("'; DROP TABLE audit_record; --<script>\\u0000\\ud800😀éé")
          .endsWith("…");
      assertThat(found.filePath().getBytes(StandardCharsets.UTF_8).length)
          .isLessThanOrEqualTo(Facts.PATH_BYTES);
      assertThat(found.context().user().orElse("")).startsWith("'; DROP").endsWith("…");
      assertThat(store.archive().verify().isIntact()).isTrue();
    }
  }

  @Test
  void queries_take_every_condition() throws Exception {
    try (JdbcAuditStore store = open()) {
      fill(store, 30);
      Events.record(store, Events.intent("user0", "a/b1/c"), Outcome.OK);
      Events.record(store, Events.intent("user0", "a/b1.txt"), Outcome.OK);
      assertThat(count(store, AuditQuery.all())).isEqualTo(32);
      assertThat(count(store, AuditQuery.all().withUser("user1"))).isEqualTo(10);
      assertThat(count(store, AuditQuery.all().withUser("USER1"))).isZero();
      assertThat(count(store, AuditQuery.all().withOutcome(Outcome.DENIED))).isEqualTo(6);
      assertThat(count(store, AuditQuery.all().withPath("a/b1"))).isEqualTo(1);
      assertThat(count(store, AuditQuery.all().withPrefix("a/b1"))).isEqualTo(2);
      assertThat(count(store, AuditQuery.all().withPrefix("a"))).isEqualTo(32);
      assertThat(count(store, AuditQuery.all().withAction(AuditAction.FILE_MOVED))).isZero();
      assertThat(count(store, AuditQuery.all().withDisk("other"))).isZero();
      assertThat(
              count(
                  store,
                  AuditQuery.all()
                      .withFrom(Events.START.plus(Duration.ofHours(10)))
                      .withUntil(Events.START.plus(Duration.ofHours(20)))))
          .isEqualTo(10);
    }
  }

  private static int count(JdbcAuditStore store, AuditQuery query) throws IOException {
    return store.trail().page(query).records().size();
  }

  @Test
  void pages_follow_each_other_in_both_orders() throws Exception {
    try (JdbcAuditStore store = open()) {
      List<AuditEvent> written = fill(store, 25);
      for (AuditQuery.Order order : AuditQuery.Order.values()) {
        List<String> seen = new ArrayList<>();
        AuditQuery query = AuditQuery.all().withOrder(order).withLimit(4);
        Optional<AuditPage> page = Optional.of(store.trail().page(query));
        while (page.isPresent()) {
          page.get().records().forEach(record -> seen.add(record.event().eventId()));
          Optional<String> next = page.get().next();
          page =
              next.isPresent()
                  ? Optional.of(store.trail().page(query.withAfter(next.get())))
                  : Optional.empty();
        }
        List<String> expected = new ArrayList<>(written.stream().map(AuditEvent::eventId).toList());
        if (order == AuditQuery.Order.NEWEST_FIRST) {
          Collections.reverse(expected);
        }
        assertThat(seen).isEqualTo(expected);
      }
    }
  }

  @Test
  void days_are_added_up() throws Exception {
    try (JdbcAuditStore store = open()) {
      fill(store, 30);
      List<AuditDay> days = store.trail().days(AuditQuery.all().withOutcome(Outcome.OK));
      assertThat(days)
          .extracting(AuditDay::day, AuditDay::operations, AuditDay::bytes)
          .containsExactly(
              tuple(LocalDate.of(2026, 3, 2), 12L, 12L * 4096),
              tuple(LocalDate.of(2026, 3, 1), 12L, 12L * 4096));
    }
  }

  @Test
  void a_changed_record_is_named() throws Exception {
    try (JdbcAuditStore store = open()) {
      fill(store, 20);
    }
    sql("UPDATE audit_record SET audit_user = ? WHERE file_path = ?", "eve", "a/b7");
    Break found = verify().first().orElseThrow();
    assertThat(found.sequence()).isEqualTo(17);
    assertThat(found.eventId()).isPresent();
    assertThat(found.what()).contains("not as it was written");
  }

  @Test
  void a_deleted_record_is_named() throws Exception {
    try (JdbcAuditStore store = open()) {
      fill(store, 20);
    }
    sql("DELETE FROM audit_record WHERE file_path = ?", "a/b7");
    assertThat(verify().first().orElseThrow())
        .returns(17L, Break::sequence)
        .satisfies(found -> assertThat(found.what()).contains("missing"));
  }

  @Test
  void a_deleted_tail_is_seen_by_the_anchor() throws Exception {
    try (JdbcAuditStore store = open()) {
      fill(store, 20);
    }
    sql("DELETE FROM audit_record WHERE seq > ?", 30);
    sql("DELETE FROM audit_intent WHERE seq > ?", 30);
    assertThat(verify().first().orElseThrow())
        .returns(31L, Break::sequence)
        .satisfies(found -> assertThat(found.what()).contains("missing"));
  }

  @Test
  void a_deleted_tail_whose_anchor_was_moved_is_seen_by_the_next_chain_and_by_a_kept_head()
      throws Exception {
    List<ChainHead> kept;
    try (JdbcAuditStore store = open()) {
      fill(store, 20);
      kept = store.archive().heads();
    }
    try (JdbcAuditStore next = open()) {
      fill(next, 1);
    }
    long writer = kept.get(0).id();
    byte[] hash = hash(writer, 30);
    sql("DELETE FROM audit_record WHERE writer = ? AND seq > 30", writer);
    sql("DELETE FROM audit_intent WHERE writer = ? AND seq > 30", writer);
    sql(
        "UPDATE audit_writer SET head_seq = 30, head_hash = ?, open_from = 31 WHERE writer = ?",
        hash,
        writer);
    assertThat(verify().first().orElseThrow())
        .returns(31L, Break::sequence)
        .satisfies(found -> assertThat(found.what()).contains("the chain of writer"));
    try (AuditArchive archive = AuditArchive.open(store())) {
      assertThat(archive.verify(kept).breaks()).hasSize(1);
    }
  }

  private byte[] hash(long writer, long sequence) throws Exception {
    try (Connection connection = DriverManager.getConnection(jdbcUrl())) {
      return Tables.window(connection, writer, sequence, sequence).get(0).hash();
    }
  }

  @Test
  void a_chain_that_is_gone_and_records_behind_the_end_are_seen() throws Exception {
    try (JdbcAuditStore store = open()) {
      fill(store, 5);
    }
    try (JdbcAuditStore store = open()) {
      fill(store, 5);
    }
    String first;
    try (AuditArchive archive = AuditArchive.open(store())) {
      first = archive.heads().get(0).writer();
    }
    long writer = ChainEntry.writer(first);
    for (String table : List.of("audit_writer", "audit_intent", "audit_record")) {
      sql("DELETE FROM " + table + " WHERE writer = ?", writer);
    }
    assertThat(verify().first().orElseThrow())
        .returns(first, Break::writer)
        .satisfies(found -> assertThat(found.what()).contains("whole chain is missing"));
    sql("UPDATE audit_record SET seq = seq + 100 WHERE file_path = 'a/b4'");
    assertThat(verify().breaks()).hasSize(2);
  }

  @Test
  void an_export_is_verified_without_its_store() throws Exception {
    ByteArrayOutputStream export = new ByteArrayOutputStream();
    List<ChainHead> heads;
    try (JdbcAuditStore store = open()) {
      fill(store, 20);
      heads = store.archive().heads();
      assertThat(store.archive().export(export)).isEqualTo(41);
    }
    byte[] bytes = export.toByteArray();
    AuditVerdict verdict = ExportFile.verify(new ByteArrayInputStream(bytes), heads);
    assertThat(verdict.breaks()).isEmpty();
    assertThat(verdict.entries()).isEqualTo(41);
    String text = new String(bytes, StandardCharsets.UTF_8);
    byte[] changed = text.replace("a/b7\"", "a/b8\"").getBytes(StandardCharsets.UTF_8);
    assertThat(ExportFile.verify(new ByteArrayInputStream(changed), heads).first().orElseThrow())
        .returns(16L, Break::sequence);
    byte[] cut =
        text.lines().limit(20).reduce("", (a, b) -> a + b + "\n").getBytes(StandardCharsets.UTF_8);
    assertThat(ExportFile.verify(new ByteArrayInputStream(cut), heads).isIntact()).isFalse();
  }

  @Test
  void retention_leaves_chains_that_verify_and_a_deletion_beside_it_is_seen() throws Exception {
    try (JdbcAuditStore store = open(OnFailure.REFUSE, Events.START)) {
      fill(store, 20);
    }
    Instant later = Events.START.plus(Duration.ofDays(30));
    try (JdbcAuditStore store = open(OnFailure.REFUSE, later)) {
      fill(store, 1);
      List<ChainHead> kept = store.archive().heads();
      Instant before = Events.START.plus(Duration.ofHours(10));
      assertThat(store.retainable(before).entries()).isEqualTo(21);
      assertThat(count(store, AuditQuery.all())).isEqualTo(21);
      assertThat(store.retain(before).entries()).isEqualTo(21);
      assertThat(count(store, AuditQuery.all())).isEqualTo(11);
      assertThat(store.retain(before).entries()).isZero();
      assertThat(store.archive().verify(kept).breaks()).isEmpty();
      assertThat(store.retain(Events.START.plus(Duration.ofHours(15))).entries()).isEqualTo(10);
      assertThat(store.archive().verify(kept).breaks()).isEmpty();
      ByteArrayOutputStream export = new ByteArrayOutputStream();
      store.archive().export(export);
      InputStream file = new ByteArrayInputStream(export.toByteArray());
      assertThat(ExportFile.verify(file, kept).breaks()).isEmpty();
      sql("DELETE FROM audit_intent WHERE seq = 32");
      assertThat(store.archive().verify().first().orElseThrow().sequence()).isEqualTo(32);
      assertThat(store.retain(Events.START.plus(Duration.ofDays(3))).entries()).isPositive();
      assertThat(store.archive().verify(kept).breaks()).isEmpty();
      assertThat(store.archive().verify().writers()).isEqualTo(1);
    }
  }

  @Test
  void many_threads_share_durable_writes_and_one_chain() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try (JdbcAuditStore store = open()) {
      List<Future<?>> running = new ArrayList<>();
      for (int t = 0; t < 8; t++) {
        String user = "user" + t;
        running.add(
            threads.submit(
                () -> {
                  for (int i = 0; i < 100; i++) {
                    Events.record(store, Events.intent(user, user + "/" + i), Outcome.OK);
                  }
                  return user;
                }));
      }
      for (Future<?> one : running) {
        one.get();
      }
      assertThat(count(store, AuditQuery.all().withLimit(1000))).isEqualTo(800);
    } finally {
      threads.shutdown();
    }
    AuditVerdict verdict = verify();
    assertThat(verdict.breaks()).isEmpty();
    assertThat(verdict.entries()).isEqualTo(1601);
  }

  @Test
  void two_processes_write_two_chains() throws Exception {
    try (JdbcAuditStore one = open();
        JdbcAuditStore two = open()) {
      fill(one, 10);
      fill(two, 10);
      one.flush();
      two.flush();
      assertThat(count(one, AuditQuery.all())).isEqualTo(20);
      assertThat(one.archive().verify().writers()).isEqualTo(2);
      assertThat(one.archive().verify().isIntact()).isTrue();
    }
  }

  @Test
  void an_operation_that_a_process_left_open_is_closed_as_unknown_by_the_next() throws Exception {
    AuditEvent intent = Events.intent("ann", "left/open");
    try (JdbcAuditStore store = open()) {
      fill(store, 3);
      store.started(intent);
    }
    try (JdbcAuditStore store = open()) {
      List<AuditRecord> found =
          store.trail().page(AuditQuery.all().withOutcome(Outcome.UNKNOWN)).records();
      assertThat(found).hasSize(1);
      assertThat(found.get(0).event().eventId()).isEqualTo(intent.eventId());
      assertThat(found.get(0).event().context().user()).contains("ann");
      assertThat(found.get(0).event().metadata()).containsKey("intent_of");
    }
    try (JdbcAuditStore store = open()) {
      assertThat(count(store, AuditQuery.all())).isEqualTo(4);
    }
    assertThat(verify().breaks()).isEmpty();
  }

  @Test
  void a_closed_store_refuses() throws Exception {
    JdbcAuditStore store = open();
    store.close();
    assertThatThrownBy(() -> store.started(Events.intent("ann", "a")))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("closed");
  }

  @Test
  void stores_that_open_together_make_the_tables_once() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      List<Future<JdbcAuditStore>> opening =
          IntStream.range(0, 4).mapToObj(i -> threads.submit(() -> open())).toList();
      for (Future<JdbcAuditStore> one : opening) {
        JdbcAuditStore store = one.get();
        fill(store, 2);
        store.close();
      }
    } finally {
      threads.shutdown();
    }
    assertThat(verify().breaks()).isEmpty();
    assertThat(verify().writers()).isEqualTo(4);
  }

  @Test
  void many_that_make_the_first_table_at_once_do_not_get_into_each_others_way() throws Exception {
    int makers = 6;
    ExecutorService threads = Executors.newFixedThreadPool(makers);
    try (Database database = Database.open(jdbcUrl())) {
      Connector.migrate(database);
      for (int round = 0; round < 20; round++) {
        try (Connection connection = database.connect();
            Statement drop = connection.createStatement()) {
          drop.execute("DROP TABLE diskmap_schema");
          connection.commit();
        }
        CyclicBarrier together = new CyclicBarrier(makers);
        Callable<Boolean> make =
            () -> {
              together.await();
              Connector.migrate(database);
              return true;
            };
        for (Future<Boolean> made : threads.invokeAll(Collections.nCopies(makers, make))) {
          assertThat(made.get()).isTrue();
        }
      }
    } finally {
      threads.shutdown();
    }
  }
}
