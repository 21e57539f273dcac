package io.diskmap.catalog.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.diskmap.AuditAction;
import io.diskmap.AuditEvent;
import io.diskmap.AuditSink;
import io.diskmap.DiskMap;
import io.diskmap.Secret;
import io.diskmap.ServerRole;
import io.diskmap.ServerSection;
import io.diskmap.StorageManager;
import io.diskmap.catalog.TaskFiles;
import io.diskmap.http.server.StorageServer;
import io.diskmap.testkit.invariant.Eventually;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The catalogue over HTTP, on a live server. */
class TaskFilesApiTest {
  private static final String API_KEY = "0123456789abcdef0123456789abcdef";

  private final SignedTokens tokens = SignedTokens.of(Secret.of("s".repeat(40)));
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final List<AuditEvent> records = new CopyOnWriteArrayList<>();
  private final StorageManager storages =
      StorageManager.builder()
          .diskMap(DiskMap.builder().disk("workspace", "memory", Map.of()).build())
          .role(ServerRole.SERVICES)
          .audit(
              new AuditSink() {
                @Override
                public void started(AuditEvent event) {}

                @Override
                public void finished(AuditEvent event) {
                  records.add(event);
                }
              })
          .build();
  @TempDir Path temp;
  private TaskFiles catalogue;
  private StorageServer server;

  @BeforeEach
  void start() throws Exception {
    catalogue =
        TaskFiles.on(storages.workspace().scoped("tasks")).directory(temp.resolve("db")).open();
    ServerSection.Key key =
        new ServerSection.Key(
            Secret.of(API_KEY), Optional.empty(), List.of(), List.of(""), false, false);
    server =
        StorageServer.builder(storages)
            .section(
                new ServerSection(
                    InetSocketAddress.createUnresolved("127.0.0.1", 0),
                    Optional.empty(),
                    Map.of("web", key)))
            .mount(TaskFilesApi.BASE, TaskFilesApi.of(catalogue, tokens))
            .build();
    server.start();
    task(
        "ann", "ocr", "2026-03-01T12:30:45Z", "t1", Map.of("a b.txt", "ann's", "d/ü.bin", "bytes"));
    task("ann", "video", "2026-03-02T12:30:45Z", "t2", Map.of("v", "v"));
    task("bob", "ocr", "2026-03-01T12:30:45Z", "bobs", Map.of("secret", "bob's"));
  }

  private void task(String user, String name, String time, String id, Map<String, String> files)
      throws IOException {
    Path directory = Files.createTempDirectory(temp, "output");
    for (Map.Entry<String, String> file : files.entrySet()) {
      Path path = directory.resolve(file.getKey());
      Files.createDirectories(path.getParent());
      Files.writeString(path, file.getValue());
    }
    catalogue.collect(directory, user, name, Instant.parse(time), id);
  }

  @AfterEach
  void stop() {
    server.close();
    catalogue.close();
    storages.close();
  }

  private HttpResponse<String> send(String method, String path, String authorization)
      throws Exception {
    URI uri = URI.create("http://127.0.0.1:" + server.address().getPort() + "/api/files" + path);
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri).method(method, HttpRequest.BodyPublishers.noBody());
    if (!authorization.isEmpty()) {
      request.header("Authorization", authorization);
    }
    return http.send(request.build(), BodyHandlers.ofString());
  }

  private HttpResponse<String> as(String user, String method, String path) throws Exception {
    return send(method, path, "Bearer " + tokens.issue(user, Duration.ofMinutes(5)));
  }

  @Test
  void a_user_lists_opens_and_deletes_their_tasks() throws Exception {
    HttpResponse<String> list = as("ann", "GET", "");
    assertThat(list.statusCode()).isEqualTo(200);
    assertThat(list.body())
        .contains(
            "\"task_id\":\"t2\"", "\"task_id\":\"t1\"", "\"submitted_at\":\"2026-03-01T12:30:45Z\"")
        .contains("\"usage\":{\"bytes\":11,\"files\":3")
        .doesNotContain("bob");
    HttpResponse<String> files = as("ann", "GET", "/t1");
    assertThat(files.body())
        .contains("\"path\":\"a b.txt\"", "\"path\":\"d/ü.bin\"", "\"sha256\":\"");
    assertThat(as("ann", "GET", "/t1/a%20b.txt").body()).isEqualTo("ann's");
    assertThat(as("ann", "GET", "/t1/d/%C3%BC.bin").body()).isEqualTo("bytes");
    HttpResponse<String> head = as("ann", "HEAD", "/t1/a%20b.txt");
    assertThat(head.headers().firstValue("Content-Length")).contains("5");
    assertThat(as("ann", "DELETE", "/t1").body()).contains("\"deleted\":2");
    assertThat(as("ann", "GET", "/t1").statusCode()).isEqualTo(404);
    assertThat(as("ann", "DELETE", "/t1").statusCode()).isEqualTo(404);
    assertThat(as("ann", "GET", "").body()).doesNotContain("t1");
  }

  @Test
  void tasks_are_filtered_and_paged() throws Exception {
    assertThat(as("ann", "GET", "?task_name=ocr").body()).contains("t1").doesNotContain("\"t2\"");
    assertThat(as("ann", "GET", "?from=2026-03-02").body()).contains("t2").doesNotContain("\"t1\"");
    assertThat(as("ann", "GET", "?to=2026-03-02").body()).contains("t1").doesNotContain("\"t2\"");
    assertThat(as("ann", "GET", "?name=v&from=2026-03-02T00:00:00Z").body()).contains("\"t2\"");
    HttpResponse<String> first = as("ann", "GET", "?limit=1");
    String next = first.body().replaceAll("(?s).*\"next\":\"([^\"]+)\".*", "$1");
    assertThat(as("ann", "GET", "?limit=1&cursor=" + next).body())
        .contains("\"t1\"")
        .doesNotContain("\"t2\"", "next");
    String more = as("ann", "GET", "/t1?limit=1").body();
    assertThat(more).contains("\"next\":\"1\"").doesNotContain("ü.bin");
    assertThat(as("ann", "GET", "/t1?limit=1&cursor=1").body()).contains("ü.bin");
    for (String bad :
        List.of("?from=yesterday", "?limit=0", "?limit=100000", "?cursor=x", "?cursor=MQ")) {
      assertThat(as("ann", "GET", bad).statusCode()).as(bad).isEqualTo(400);
    }
  }

  @Test
  void nobody_reaches_what_is_not_theirs() throws Exception {
    HttpResponse<String> missing = as("ann", "GET", "/absent");
    assertThat(missing.statusCode()).isEqualTo(404);
    for (String path :
        List.of(
            "/bobs",
            "/bobs/secret",
            "/t1/../bobs/secret",
            "/t1/%2e%2e/%2e%2e/%2e%2e/%2e%2e/bob/ocr/2026-03-01_12-30-45/bobs/secret",
            "/t1/..%2f..%2fbobs",
            "/t1//a",
            "/t1/a%00b",
            "/t1/%c0%ae%c0%ae/x")) {
      HttpResponse<String> answer = as("ann", "GET", path);
      assertThat(answer.statusCode()).as(path).isIn(400, 404);
      assertThat(answer.body()).doesNotContain("bob's");
    }
    String words = as("ann", "GET", "/bobs").body().replaceAll("\"requestId\":\"[^\"]*\"", "");
    assertThat(words).isEqualTo(missing.body().replaceAll("\"requestId\":\"[^\"]*\"", ""));
    assertThat(as("ann", "DELETE", "/bobs").statusCode()).isEqualTo(404);
    assertThat(as("bob", "GET", "/bobs/secret").body()).isEqualTo("bob's");
  }

  @Test
  void what_a_user_reads_and_what_is_refused_to_them_is_recorded_by_the_id_of_the_answer()
      throws Exception {
    records.clear();
    String read = as("ann", "GET", "/t1/a%20b.txt").headers().firstValue("X-Request-Id").get();
    String refused = as("ann", "GET", "/bobs/secret").headers().firstValue("X-Request-Id").get();
    Eventually.holds("both are recorded", () -> records.size() == 2);
    assertThat(records)
        .extracting(
            AuditEvent::action,
            AuditEvent::outcome,
            event -> event.context().user().orElse(""),
            event -> event.context().requestId().orElse(""))
        .containsExactlyInAnyOrder(
            tuple(AuditAction.FILE_DOWNLOADED_VIA_STREAM, AuditEvent.Outcome.OK, "ann", read),
            tuple(AuditAction.ACCESS_REFUSED, AuditEvent.Outcome.DENIED, "ann", refused));
    assertThat(records)
        .anyMatch(event -> "/api/files/bobs/secret".equals(event.metadata().get("call")));
  }

  @Test
  void without_a_valid_token_nothing_is_answered() throws Exception {
    SignedTokens others = SignedTokens.of(Secret.of("o".repeat(40)));
    String expired =
        SignedTokens.of(
                Secret.of("s".repeat(40)), Clock.offset(Clock.systemUTC(), Duration.ofHours(-2)))
            .issue("ann", Duration.ofHours(1));
    for (String authorization :
        List.of(
            "",
            "Basic YW5uOmFubg==",
            "Bearer ",
            "Bearer x",
            "Bearer " + API_KEY,
            "Bearer " + expired,
            "Bearer " + others.issue("ann", Duration.ofMinutes(5)))) {
      for (String path : List.of("", "/t1", "/t1/a%20b.txt", "/absent")) {
        HttpResponse<String> answer = send("GET", path, authorization);
        assertThat(answer.statusCode()).as(authorization).isEqualTo(401);
        assertThat(answer.headers().firstValue("WWW-Authenticate")).isPresent();
      }
    }
    assertThat(as("ann", "PUT", "/t1/x").statusCode()).isEqualTo(405);
    assertThat(as("ann", "POST", "").statusCode()).isEqualTo(405);
  }
}
