package io.diskmap.http.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.diskmap.DiskMap;
import io.diskmap.ServerRole;
import io.diskmap.StorageManager;
import io.diskmap.http.Servers;
import io.diskmap.http.server.StorageServer;
import io.diskmap.testkit.process.ChildJvm;
import io.diskmap.testkit.process.FileChange;
import io.diskmap.testkit.process.FileChanges;
import io.diskmap.testkit.process.Strace;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process in role web opens no file for writing; one that does is caught in both ways. */
final class WebRoleWritesNothingTest {
  private static final Duration PATIENCE = Duration.ofMinutes(3);

  @TempDir Path root;
  @TempDir Path web;
  @TempDir Path temp;
  @TempDir Path log;
  private StorageManager behind;
  private StorageServer server;

  @BeforeEach
  void start() throws Exception {
    behind =
        StorageManager.builder()
            .role(ServerRole.SERVICES)
            .diskMap(
                DiskMap.builder()
                    .disk("workspace", "local", Map.of("root", root.toString()))
                    .build())
            .build();
    server = Servers.start(behind);
  }

  @AfterEach
  void stop() {
    server.close();
    behind.close();
  }

  /** Without the file of performance counters, which a JVM keeps for tools. */
  private ChildJvm.Builder worker(String... arguments) {
    return ChildJvm.of(WebWorker.class)
        .options("-XX:-UsePerfData", "-Xmx96m", "-Djava.io.tmpdir=" + temp)
        .environment("SERVER_ROLE", "web")
        .environment("SERVICES_URL", Servers.url(server))
        .environment("INTERNAL_API_KEY", Servers.KEY)
        .environment("STORAGE_CONFIG", null)
        .directory(web)
        .arguments(arguments);
  }

  private void requireNothingWritten() throws Exception {
    for (Path directory : List.of(web, temp)) {
      try (var files = Files.list(directory)) {
        assertThat(files).isEmpty();
      }
    }
  }

  @Test
  void it_works_where_no_file_may_have_a_single_byte() throws Exception {
    try (ChildJvm worker = worker().shell("ulimit -f 0").start()) {
      worker.awaitSuccess(PATIENCE);
      assertThat(worker.output()).contains("well");
    }
    requireNothingWritten();
  }

  @Test
  void a_temporary_file_cannot_be_written_there() throws Exception {
    try (ChildJvm worker = worker("leak").shell("ulimit -f 0").start()) {
      assertThat(worker.exitCode(PATIENCE)).isNotZero();
      assertThat(worker.output()).doesNotContain("well");
    }
  }

  @Test
  void its_system_calls_open_make_and_name_no_file() throws Exception {
    assertThat(changes()).isEmpty();
    requireNothingWritten();
  }

  @Test
  void a_temporary_file_shows_in_its_system_calls() throws Exception {
    assertThat(changes("leak"))
        .anySatisfy(
            change -> {
              assertThat(change.creates()).isTrue();
              assertThat(change.path()).startsWith(temp.resolve("upload").toString());
            });
  }

  /** But for what the JVM tells the kernel of core dumps, which no disk keeps. */
  private List<FileChange> changes(String... arguments) throws Exception {
    Path record = log.resolve("calls");
    try (ChildJvm worker = worker(arguments).prefix(Strace.recordingFiles(record)).start()) {
      worker.awaitSuccess(PATIENCE);
      assertThat(worker.output()).contains("well");
    }
    assertThat(record).as("the record of the calls").isRegularFile();
    return FileChanges.read(record, web).stream()
        .filter(change -> !change.path().matches("/proc/(self|[0-9]+)/coredump_filter"))
        .toList();
  }
}
