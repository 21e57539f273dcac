package io.diskmap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where audit records go, and which calls need a user; the store itself is another module's. */
class AuditPlaceTest {
  @TempDir Path directory;

  private static StorageManager manager(ServerRole role, Map<String, ?> audit) {
    DiskMap map =
        DiskMap.builder().disk("workspace", "memory", Map.of()).section("audit", audit).build();
    return StorageManager.builder().diskMap(map).role(role).build();
  }

  private static AuditPlace web(Map<String, ?> audit) {
    DiskMap map = DiskMap.builder().section("audit", audit).build();
    return AuditPlace.of(map, ServerRole.WEB, List.of(), "workspace", true);
  }

  @Test
  void a_store_without_the_module_that_keeps_it_ends_the_start() {
    assertThatThrownBy(() -> manager(ServerRole.WORKER, Map.of("store", directory.toString())))
        .isInstanceOf(DiskMapException.class)
        .hasMessageContaining("diskmap-catalog-jdbc");
  }

  @Test
  void off_keeps_no_store_and_nothing_is_kept_where_nobody_asked() {
    try (StorageManager storages = manager(ServerRole.WORKER, Map.of("store", "off"))) {
      assertThat(storages.auditStore()).isEmpty();
      assertThat(storages.auditTrail()).isEmpty();
    }
    try (StorageManager storages = StorageManager.inMemory("workspace")) {
      assertThat(storages.auditStore()).isEmpty();
    }
  }

  @Test
  void a_call_that_names_no_user_is_refused_where_one_is_required() throws Exception {
    Map<String, ?> audit = Map.of("store", "off", "require_user", true);
    try (StorageManager storages = manager(ServerRole.WORKER, audit)) {
      Storage workspace = storages.workspace();
      for (ThrowingCall call :
          List.<ThrowingCall>of(
              () -> workspace.save("a", Content.of("1"), SaveOptions.defaults()),
              () -> workspace.exists("a"),
              () -> workspace.beginUpload("a", SaveOptions.defaults()),
              () -> workspace.delete("a", DeleteOptions.defaults()))) {
        assertThatThrownBy(call::run)
            .isInstanceOfSatisfying(
                StorageException.class,
                e -> assertThat(e.kind()).isEqualTo(ErrorKind.PERMISSION_DENIED))
            .hasMessageContaining("user");
      }
      Storage named = workspace.with(CallContext.ofUser("ann"));
      named.save("a", Content.of("1"), SaveOptions.defaults());
      assertThat(named.exists("a")).isTrue();
    }
  }

  /** A call that may throw. */
  @FunctionalInterface
  private interface ThrowingCall {
    void run() throws Exception;
  }

  @Test
  void role_web_keeps_no_embedded_store_and_no_spool() {
    assertThat(web(Map.of("store", directory.toString())).store()).isEmpty();
    assertThat(web(Map.of("jdbc_url", "jdbc:postgresql://db/audit")).store()).isPresent();
    assertThatThrownBy(
            () -> web(Map.of("jdbc_url", "jdbc:postgresql://db/audit", "on_failure", "spool")))
        .isInstanceOf(DiskMapException.class)
        .hasMessageContaining("role web refuses");
  }

  @Test
  void one_sink_gives_each_record_to_several_and_refuses_where_one_refuses() throws Exception {
    List<String> told = new ArrayList<>();
    AuditSink all = AuditSink.all(recording("a", told), recording("b", told));
    DiskMap map = DiskMap.builder().disk("workspace", "memory", Map.of()).build();
    try (StorageManager storages = StorageManager.builder().diskMap(map).audit(all).build()) {
      storages.workspace().exists("x");
    }
    assertThat(told).containsExactly("a STARTED", "b STARTED", "a OK", "b OK", "a end", "b end");
    told.clear();
    AuditSink refusing =
        AuditSink.all(recording("a", told), new RefusingAuditSink("no"), recording("b", told));
    try (StorageManager storages = StorageManager.builder().diskMap(map).audit(refusing).build()) {
      assertThatThrownBy(() -> storages.workspace().exists("x"))
          .isInstanceOfSatisfying(
              StorageException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.UNAVAILABLE));
    }
    assertThat(told).containsExactly("a STARTED", "a FAILED", "a end", "b end");
  }

  @Test
  void a_save_whose_intent_is_refused_while_it_prepares_publishes_nothing() throws Exception {
    List<String> told = new ArrayList<>();
    AuditSink late =
        new AuditSink() {
          @Override
          public void started(AuditEvent event) {}

          @Override
          public Receipt begin(AuditEvent event) {
            return () -> {
              throw new IOException("the store is down");
            };
          }

          @Override
          public void finished(AuditEvent event) {
            told.add(event.action() + " " + event.outcome());
          }
        };
    DiskMap map = DiskMap.builder().disk("workspace", "memory", Map.of()).build();
    try (StorageManager storages = StorageManager.builder().diskMap(map).audit(late).build()) {
      Storage workspace = storages.workspace();
      for (int size : new int[] {1, 20 << 20}) {
        assertThatThrownBy(
                () -> workspace.save("x", Content.of(new byte[size]), SaveOptions.defaults()))
            .isInstanceOfSatisfying(
                StorageException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.UNAVAILABLE))
            .hasMessageContaining("audit");
      }
      assertThat(workspace.exists("x")).isFalse();
    }
    assertThat(told)
        .containsExactly(
            "FILE_UPLOADED_VIA_STREAM FAILED",
            "FILE_UPLOADED_VIA_STREAM FAILED",
            "METADATA_READ OK");
  }

  private static AuditSink recording(String name, List<String> told) {
    return new AuditSink() {
      @Override
      public void started(AuditEvent event) throws IOException {
        told.add(name + " " + event.outcome());
      }

      @Override
      public void finished(AuditEvent event) {
        told.add(name + " " + event.outcome());
      }

      @Override
      public void close() {
        told.add(name + " end");
      }
    };
  }
}
