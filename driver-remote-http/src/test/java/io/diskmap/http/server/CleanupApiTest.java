package io.diskmap.http.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.diskmap.AuditEvent;
import io.diskmap.Content;
import io.diskmap.DiskMap;
import io.diskmap.SaveOptions;
import io.diskmap.ServerRole;
import io.diskmap.Storage;
import io.diskmap.StorageManager;
import io.diskmap.http.RecordedAudit;
import io.diskmap.http.Servers;
import io.diskmap.testkit.invariant.Eventually;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Clean-up over the wire, and the time after which a file may go. */
final class CleanupApiTest {
  private final RecordedAudit audit = new RecordedAudit();
  private final StorageManager storages =
      StorageManager.builder()
          .diskMap(DiskMap.builder().disk("workspace", "memory", Map.of()).build())
          .role(ServerRole.SERVICES)
          .audit(audit)
          .build();
  private final StorageServer server = StorageServer.of(storages, Servers.section());
  private Api api;

  @BeforeEach
  void start() throws IOException {
    server.start();
    api = new Api(Servers.url(server), Servers.KEY);
  }

  @AfterEach
  void stop() {
    server.close();
    storages.close();
  }

  @Test
  void a_run_keeps_what_its_patterns_name_and_stops_at_its_limit() throws IOException {
    for (String path : new String[] {"a/1", "a/2", "a/3", "a/k/x", "a/keep.txt"}) {
      storages.workspace().save(path, Content.of("x"));
    }
    String keep = Api.encode("a/k/**\n**/keep.txt");
    HttpResponse<byte[]> dry =
        api.post("cleanup?prefix=a&older_than_hours=0&dry_run=true&keep=" + keep);
    assertThat(Api.text(dry))
        .contains("\"deleted\":3")
        .contains("\"kept\":2")
        .contains("\"left\":0");
    HttpResponse<byte[]> run =
        api.post("cleanup?prefix=a&older_than_hours=0&max_deletions=2&keep=" + keep);
    assertThat(Api.text(run))
        .contains("\"deleted\":2")
        .contains("\"kept\":2")
        .contains("\"left\":1");
    assertThat(storages.workspace().usage("a").files()).isEqualTo(3);
  }

  @Test
  void a_pattern_or_limit_that_is_none_is_refused() throws IOException {
    for (String call :
        new String[] {"keep=" + Api.encode("/a"), "max_deletions=0", "max_deletions=x"}) {
      assertThat(api.post("cleanup?prefix=a&" + call).statusCode()).as(call).isEqualTo(400);
    }
  }

  @Test
  void a_misspelt_parameter_removes_nothing() throws IOException {
    storages.workspace().save("a/1", Content.of("x"));
    for (String call :
        new String[] {
          "cleanup?prefix=a&older_than_hours=0&dryrun=true",
          "cleanup?prefix=a&hours=0",
          "delete_prefix?prefix=a&dryRun=true"
        }) {
      HttpResponse<byte[]> answer = api.post(call);
      assertThat(answer.statusCode()).as(call).isEqualTo(400);
      assertThat(Api.text(answer)).contains("dry_run");
    }
    assertThat(storages.workspace().exists("a/1")).isTrue();
  }

  @Test
  void a_clients_word_on_when_a_file_may_go_stands_in_the_servers_record() throws Exception {
    SaveOptions options = SaveOptions.defaults().withCleanupAfter(Duration.ofMinutes(90));
    try (StorageManager client =
        Servers.client(
            Servers.url(server), Map.of("chunk_threshold", "64KiB", "chunk_size", "64KiB"))) {
      Storage remote = client.workspace();
      remote.save("small", Content.of("x"), options);
      remote.save("large", Content.of(new byte[200_000]), options);
      remote.save("forever", Content.of("x"));
    }

    Eventually.holds("all are recorded", () -> audit.outcomes().size() == 3);
    assertThat(audit.outcomes())
        .extracting(AuditEvent::filePath)
        .containsExactly("small", "large", "forever");
    for (AuditEvent event : audit.outcomes().subList(0, 2)) {
      assertThat(event.cleanupScheduledFor()).contains(event.streamStart().plusSeconds(5400));
    }
    assertThat(audit.outcomes().get(2).cleanupScheduledFor()).isEmpty();
  }

  @Test
  void a_time_that_is_none_is_refused() throws IOException {
    for (String time : new String[] {"soon", "-PT4H"}) {
      HttpResponse<byte[]> answer =
          api.put("upload?path=f", new byte[] {1}, "X-Audit-Cleanup-After", time);
      assertThat(answer.statusCode()).as(time).isEqualTo(400);
    }
    assertThat(storages.workspace().exists("f")).isFalse();
  }
}
