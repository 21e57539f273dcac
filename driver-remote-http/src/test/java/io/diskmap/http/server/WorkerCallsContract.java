package io.diskmap.http.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.diskmap.AuditAction;
import io.diskmap.AuditEvent;
import io.diskmap.Content;
import io.diskmap.DiskMap;
import io.diskmap.FileMetadata;
import io.diskmap.Listing;
import io.diskmap.Secret;
import io.diskmap.ServerRole;
import io.diskmap.ServerSection;
import io.diskmap.StorageManager;
import io.diskmap.http.RecordedAudit;
import io.diskmap.http.Servers;
import io.diskmap.testkit.invariant.Eventually;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What remote workers rely on, on every door of the server, over a directory of this machine. */
abstract class WorkerCallsContract {
  private static final String NARROW = "narrow-narrow-narrow-narrow-narr";
  private static final String READER = "reader-reader-reader-reader-read";

  private final RecordedAudit audit = new RecordedAudit();
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  @TempDir Path temp;
  private Path root;
  private StorageManager storages;
  private StorageServer server;
  private String url;

  abstract String start(StorageServer created) throws IOException;

  abstract void stop();

  @BeforeEach
  void open() throws IOException {
    root = Files.createDirectory(temp.resolve("videos"));
    Path results = Files.createDirectory(temp.resolve("results"));
    DiskMap map =
        DiskMap.builder()
            .disk("videos", "local", Map.of("root", root.toString(), "read_only", true))
            .disk("results", "local", Map.of("root", results.toString()))
            .section(
                "worker_files",
                Map.of(
                    "roots",
                    Map.of("/mnt/nas/videos", "videos", "/data/done", "results:done"),
                    "results",
                    "results:incoming"))
            .build();
    storages =
        StorageManager.builder()
            .diskMap(map)
            .workspace("results")
            .role(ServerRole.SERVICES)
            .audit(audit)
            .build();
    Map<String, ServerSection.Key> keys =
        Map.of(
            "gpu", Servers.key(Servers.KEY),
            "narrow", limited(NARROW, List.of("results"), List.of("incoming"), false),
            "reader", limited(READER, List.of(), List.of(""), true));
    server = StorageServer.of(storages, Servers.section(keys));
    url = start(server);
  }

  private static ServerSection.Key limited(
      String key, List<String> disks, List<String> prefixes, boolean readOnly) {
    return new ServerSection.Key(
        Secret.of(key), Optional.empty(), disks, prefixes, readOnly, false);
  }

  @AfterEach
  void close() {
    stop();
    server.close();
    storages.close();
  }

  private HttpResponse<byte[]> post(String call, String key, String type, byte[] body)
      throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(url + "/api/v1/files/" + call))
            .header("Content-Type", type)
            .POST(BodyPublishers.ofByteArray(body));
    if (!key.isEmpty()) {
      request.header("X-API-Key", key);
    }
    return http.send(request.build(), BodyHandlers.ofByteArray());
  }

  private HttpResponse<byte[]> download(String json) throws Exception {
    return post("download", Servers.KEY, "application/json", json.getBytes(StandardCharsets.UTF_8));
  }

  private HttpResponse<byte[]> path(String path) throws Exception {
    return download("{\"file_path\":\"" + path.replace("\\", "\\\\") + "\"}");
  }

  private static String form(String... parts) {
    StringBuilder body = new StringBuilder();
    for (int i = 0; i < parts.length; i += 2) {
      body.append("--b\r\nContent-Disposition: form-data; ").append(parts[i]);
      body.append("\r\n\r\n").append(parts[i + 1]).append("\r\n");
    }
    return body.append("--b--\r\n").toString();
  }

  private HttpResponse<byte[]> result(String key, String form) throws Exception {
    byte[] octets = form.getBytes(StandardCharsets.UTF_8);
    return post("upload-result", key, "multipart/form-data; boundary=b", octets);
  }

  private List<String> results() throws IOException {
    try (Listing listing = storages.disk("results").list("incoming")) {
      return listing.stream()
          .map(FileMetadata::path)
          .map(found -> found.value().replaceAll("[0-9]{8}T[0-9]{6}Z-[0-9a-f]{8}", "ID"))
          .toList();
    }
  }

  private static void assertRefused(HttpResponse<byte[]> answer, int status, String words) {
    assertThat(answer.statusCode()).isEqualTo(status);
    assertThat(Api.text(answer)).contains("\"detail\":\"" + words + "\"");
  }

  @Test
  void a_file_below_a_root_comes_whole() throws Exception {
    byte[] content = new byte[3_000_000];
    new Random(5).nextBytes(content);
    Files.createDirectories(root.resolve("cam 1"));
    Files.write(root.resolve("cam 1/é.mp4"), content);
    HttpResponse<byte[]> answer = path("/mnt/nas/videos/cam 1/é.mp4");

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).isEqualTo(content);
    assertThat(answer.headers().firstValue("X-Content-Type-Options")).contains("nosniff");
    Eventually.holds("it is recorded", () -> !audit.outcomes().isEmpty());
    AuditEvent record = audit.outcomes().get(0);
    assertThat(record.action().label()).isEqualTo("file_downloaded_via_stream");
    assertThat(record.context().keyId()).contains("gpu");
    assertThat(record.bytesTransferred()).isEqualTo(content.length);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{}", "[]", "{\"file_path\":\"\"}", "{\"file_path\":7}", "{\"file_"})
  void a_request_without_a_path_is_told_so(String body) throws Exception {
    assertRefused(download(body), 400, "file_path required");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/etc/passwd",
        "/mnt/nas/videos",
        "/mnt/nas/videos/",
        "/mnt/nas/videos2/f",
        "/mnt/nas/videos/../secret",
        "/mnt/nas/videos/./f",
        "/mnt/nas/videos//f",
        "/mnt/nas/videos/a/../f",
        "/mnt/nas/videos/..\\secret",
        "/mnt/nas/videos/%2e%2e/\\u0000",
        "/mnt/nas/videos/.diskmap/saves",
        "mnt/nas/videos/f",
        "file:///mnt/nas/videos/f",
        "f",
        "/mnt/nas/videos/out",
        "/mnt/nas/videos/out-dangling",
        "/mnt/nas/videos/outdir/secret",
        "/mnt/nas/videos/outdir/absent",
      })
  void what_no_root_holds_is_denied_whether_it_is_there_or_not(String wanted) throws Exception {
    Files.writeString(root.resolve("f"), "x");
    Files.writeString(temp.resolve("secret"), "secret");
    Files.createSymbolicLink(root.resolve("out"), temp.resolve("secret"));
    Files.createSymbolicLink(root.resolve("out-dangling"), temp.resolve("absent"));
    Files.createSymbolicLink(root.resolve("outdir"), temp);

    HttpResponse<byte[]> answer =
        wanted.contains("\\u0000") ? download("{\"file_path\":\"" + wanted + "\"}") : path(wanted);
    assertRefused(answer, 403, "File access denied");
    Eventually.holds("it is recorded", () -> !audit.outcomes().isEmpty());
    assertThat(audit.outcomes().get(0).outcome()).isEqualTo(AuditEvent.Outcome.DENIED);
  }

  @Test
  void a_missing_file_below_a_root_is_not_found() throws Exception {
    Files.createDirectory(root.resolve("directory"));
    assertRefused(path("/mnt/nas/videos/absent"), 404, "File not found");
    Eventually.holds("it is recorded", () -> !audit.outcomes().isEmpty());
    assertThat(audit.outcomes())
        .extracting(AuditEvent::action, AuditEvent::outcome)
        .containsExactly(tuple(AuditAction.FILE_DOWNLOADED_VIA_STREAM, AuditEvent.Outcome.FAILED));
    assertRefused(path("/mnt/nas/videos/directory"), 404, "File not found");
    assertRefused(path("/mnt/nas/videos/directory/absent"), 404, "File not found");
    storages.disk("results").save("done/there", Content.of("x"));
    assertThat(path("/data/done/there").statusCode()).isEqualTo(200);
  }

  @Test
  void a_key_opens_its_own_disks_and_prefixes_only() throws Exception {
    Files.writeString(root.resolve("f"), "x");
    storages.disk("results").save("done/f", Content.of("x"));
    for (String wanted : List.of("/mnt/nas/videos/f", "/mnt/nas/videos/absent", "/data/done/f")) {
      byte[] body = ("{\"file_path\":\"" + wanted + "\"}").getBytes(StandardCharsets.UTF_8);
      assertRefused(post("download", NARROW, "application/json", body), 403, "File access denied");
    }
    assertThat(post("download", "", "application/json", new byte[0]).statusCode()).isEqualTo(401);
    assertThat(result("wrong", form("name=\"file\"", "x")).statusCode()).isEqualTo(401);
    assertThat(result(READER, form("name=\"file\"", "x")).statusCode()).isEqualTo(403);
    String whole = form("name=\"file\"; filename=\"a\"", "x", "name=\"result_data\"", "{}");
    assertThat(result(NARROW, whole).statusCode()).isEqualTo(200);
  }

  @Test
  void a_result_is_saved_whole_and_described_last() throws Exception {
    String form =
        form(
            "name=\"result_data\"", "{\"task\":7}", "name=\"file\"; filename=\"out.mp4\"", "VIDEO");
    HttpResponse<byte[]> answer = result(Servers.KEY, form);

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(Api.text(answer))
        .isEqualTo("{\"status\":\"success\",\"message\":\"Result uploaded successfully\"}");
    assertThat(results()).containsExactly("incoming/gpu/ID.result.json", "incoming/gpu/ID/out.mp4");
    String directory = answer.headers().firstValue("X-Diskmap-Result").orElseThrow();
    String path = directory.substring("results:".length());
    assertThat(text(path + "/out.mp4")).isEqualTo("VIDEO");
    assertThat(text(path + ".result.json")).isEqualTo("{\"task\":7}");
  }

  private String text(String path) throws IOException {
    try (InputStream in = storages.disk("results").download(path)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "../../../etc/cron.d/x",
        "/etc/passwd",
        "..\\\\..\\\\boot.ini",
        "..",
        "",
        ".diskmap-x",
        "a\\\"b",
        "C:\\\\x",
        "\u00e9\u0001.bin",
      })
  void an_uploaded_name_leads_nowhere(String name) throws Exception {
    String form =
        form("name=\"file\"; filename=\"" + name + "\"", "x", "name=\"result_data\"", "{}");
    assertThat(result(Servers.KEY, form).statusCode()).isEqualTo(200);
    assertThat(results())
        .hasSize(2)
        .allMatch(p -> p.matches("incoming/gpu/ID(.result.json|/[\\w-][\\w.-]*)"));
    assertThat(storages.disk("results").usage("").files()).isEqualTo(2);
  }

  @Test
  void an_incomplete_result_leaves_nothing() throws Exception {
    assertRefused(
        result(Servers.KEY, form("name=\"file\"; filename=\"a\"", "x")),
        400,
        "result_data required");
    assertRefused(result(Servers.KEY, form("name=\"result_data\"", "{}")), 400, "file required");
    assertRefused(
        post(
            "upload-result",
            Servers.KEY,
            "application/json",
            "{}".getBytes(StandardCharsets.UTF_8)),
        400,
        "file required");
    String cut = form("name=\"file\"", "x", "name=\"result_data\"", "{}");
    assertThat(result(Servers.KEY, cut.substring(0, cut.length() - 8)).statusCode()).isEqualTo(400);
    String large = form("name=\"file\"", "x", "name=\"result_data\"", "y".repeat(1_100_000));
    assertThat(result(Servers.KEY, large).statusCode()).isEqualTo(413);
    assertThat(results()).isEmpty();
  }

  @Test
  void a_connection_that_dies_in_the_middle_leaves_nothing() throws Exception {
    URI address = URI.create(url);
    try (Socket socket = new Socket(address.getHost(), address.getPort())) {
      String head =
          "POST /api/v1/files/upload-result HTTP/1.1\r\nHost: x\r\nX-API-Key: "
              + Servers.KEY
              + "\r\n"
              + "Content-Type: multipart/form-data; boundary=b\r\n"
              + "Content-Length: 5000000\r\n\r\n"
              + "--b\r\n"
              + "Content-Disposition: form-data; name=\"file\"; filename=\"f\"\r\n\r\n";
      socket.getOutputStream().write(head.getBytes(StandardCharsets.UTF_8));
      socket.getOutputStream().write(new byte[2_000_000]);
      socket.getOutputStream().flush();
    }
    Eventually.holds(
        "the save is over", () -> !audit.outcomes().isEmpty() && storages.activeCalls() == 0);
    assertThat(results()).isEmpty();
    Eventually.holds("all memory is given back", () -> storages.bufferedBytes() == 0);
  }

  @Test
  void a_repeat_under_the_same_result_id_changes_nothing() throws Exception {
    String form = form("name=\"file\"; filename=\"a\"", "x", "name=\"result_data\"", "{}");
    Set<String> directories = new HashSet<>();
    for (int i = 0; i < 2; i++) {
      HttpRequest request =
          HttpRequest.newBuilder(URI.create(url + "/api/v1/files/upload-result"))
              .header("X-API-Key", Servers.KEY)
              .header("X-Result-Id", "0123456789abcdef")
              .header("Content-Type", "multipart/form-data; boundary=b")
              .POST(
                  BodyPublishers.ofInputStream(
                      () -> new ByteArrayInputStream(form.getBytes(StandardCharsets.UTF_8))))
              .build();
      HttpResponse<byte[]> answer = http.send(request, BodyHandlers.ofByteArray());
      assertThat(answer.statusCode()).isEqualTo(200);
      directories.add(answer.headers().firstValue("X-Diskmap-Result").orElseThrow());
    }
    assertThat(directories).containsExactly("results:incoming/gpu/0123456789abcdef");
    assertThat(results()).hasSize(2);
  }

  @Test
  void other_calls_and_methods_are_refused() throws Exception {
    assertThat(post("delete", Servers.KEY, "application/json", new byte[0]).statusCode())
        .isEqualTo(404);
    HttpRequest get =
        HttpRequest.newBuilder(URI.create(url + "/api/v1/files/download"))
            .header("X-API-Key", Servers.KEY)
            .build();
    HttpResponse<byte[]> answer = http.send(get, BodyHandlers.ofByteArray());
    assertThat(answer.statusCode()).isEqualTo(405);
    assertThat(answer.headers().firstValue("Allow")).contains("POST");
  }
}
