package io.diskmap.examples.tasks;

import static org.assertj.core.api.Assertions.assertThat;

import io.diskmap.AuditEvent;
import io.diskmap.AuditQuery;
import io.diskmap.AuditRecord;
import io.diskmap.Secret;
import io.diskmap.audit.jdbc.AuditArchive;
import io.diskmap.catalog.http.SignedTokens;
import io.diskmap.testkit.fault.Direction;
import io.diskmap.testkit.fault.FaultProxy;
import io.diskmap.testkit.fault.ProxiedConnection;
import io.diskmap.testkit.process.ChildJvm;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A master and a worker as processes of their own: a directory goes over in chunks of 1 MiB. */
class TaskOutputsTest {
  private static final String API_KEY = "0123456789abcdef0123456789abcdef";
  private static final String TOKEN_KEY = "a-key-for-tokens-of-32-characters-or-more";
  private static final int CHUNK = 1 << 20;
  private static final Pattern CHUNK_REQUEST =
      Pattern.compile(
          "/upload_chunked\\?\\S*phase=chunk\\S* HTTP/1\\.1\\r\\n(?:[^\\r]+\\r\\n)*?"
              + "(?i:Content-Length): (\\d+)\\r\\n");
  private static final Duration SOON = Duration.ofSeconds(60);

  @TempDir Path temp;
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private ChildJvm.Builder program(Class<?> main, String role, String map) {
    return ChildJvm.of(main)
        .environment("SERVER_ROLE", role)
        .environment("STORAGE_CONFIG", map)
        .environment("CATALOGUE", temp.resolve("catalogue").toString())
        .environment("TOKEN_KEY", TOKEN_KEY);
  }

  private ChildJvm worker(int port, Path output, String user, String task) throws Exception {
    String map =
        """
        { "disks": { "workspace": { "driver": "remote-http", "url": "http://127.0.0.1:%d",
            "api_key": "%s", "chunk_size": "1MiB", "chunk_threshold": "1MiB" } } }
        """
            .formatted(port, API_KEY);
    return program(CollectMain.class, "worker", map)
        .arguments(output.toString(), user, "ocr", "2026-03-01T12:30:45Z", task)
        .start();
  }

  private HttpResponse<byte[]> get(int port, String path, String user) throws Exception {
    String token = SignedTokens.of(Secret.of(TOKEN_KEY)).issue(user, Duration.ofMinutes(5));
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/api/files" + path))
            .header("Authorization", "Bearer " + token)
            .build();
    return http.send(request, BodyHandlers.ofByteArray());
  }

  @Test
  void a_worker_streams_a_directory_to_the_master_and_its_user_sees_it() throws Exception {
    Path output = Files.createDirectories(temp.resolve("output/pages"));
    byte[] video = new byte[7_500_000];
    new Random(1).nextBytes(video);
    Files.write(temp.resolve("output/video.mp4"), video);
    Files.writeString(output.resolve("1.txt"), "page one");
    Path nas = Files.createDirectory(temp.resolve("nas"));
    String map =
        """
        { "disks": { "workspace": { "driver": "local", "root": "%s" } },
          "server": { "listen": "127.0.0.1:0", "keys": { "workers": { "key": "%s",
            "prefixes": ["tasks"], "may_name_users": true } } } }
        """
            .formatted(nas, API_KEY);
    try (ChildJvm master = program(MasterMain.class, "services", map).start()) {
      String line = master.awaitLine("master on port ", SOON);
      int port = Integer.parseInt(line.substring(line.lastIndexOf(' ') + 1));
      try (FaultProxy wire = FaultProxy.to("127.0.0.1", port)) {
        Map<ProxiedConnection, StringBuffer> requests = new ConcurrentHashMap<>();
        wire.onData(
            Direction.TO_SERVER,
            (connection, data) ->
                requests
                    .computeIfAbsent(connection, added -> new StringBuffer())
                    .append(StandardCharsets.ISO_8859_1.decode(data)));
        try (ChildJvm worker = worker(wire.port(), temp.resolve("output"), "ann", "t-1")) {
          worker.awaitLine("collected 2 files", SOON);
          worker.awaitSuccess(SOON);
        }
        int last = video.length - 7 * CHUNK;
        assertThat(chunks(requests.values()))
            .containsExactlyInAnyOrder(CHUNK, CHUNK, CHUNK, CHUNK, CHUNK, CHUNK, CHUNK, last);
      }
      Path stored = nas.resolve("tasks/ann/ocr/2026-03-01_12-30-45/t-1");
      assertThat(stored.resolve("video.mp4")).hasBinaryContent(video);
      assertThat(stored.resolve("pages/1.txt")).hasContent("page one");

      assertThat(new String(get(port, "", "ann").body())).contains("\"task_id\":\"t-1\"");
      assertThat(get(port, "/t-1/video.mp4", "ann").body()).isEqualTo(video);
      assertThat(get(port, "/t-1/video.mp4", "bob").statusCode()).isEqualTo(404);
      try (ChildJvm again = worker(port, temp.resolve("output"), "ann", "t-1")) {
        again.awaitLine("collected 2 files", SOON);
      }
      try (Stream<Path> files = Files.walk(nas.resolve("tasks"))) {
        assertThat(files.filter(Files::isRegularFile)).hasSize(2);
      }
      ProcessHandle.of(master.pid()).orElseThrow().destroy();
      master.awaitLine("stopped", SOON);
      master.exitCode(SOON);
      assertThatTheTrailTellsAll(master);
    }
  }

  /** How long the body of each chunk is that went over the line. */
  private static List<Integer> chunks(Collection<StringBuffer> requests) {
    return requests.stream()
        .flatMap(sent -> CHUNK_REQUEST.matcher(sent).results())
        .map(found -> Integer.valueOf(found.group(1)))
        .toList();
  }

  /** The log and the store beside the workspace name the same operations. */
  private void assertThatTheTrailTellsAll(ChildJvm master) throws Exception {
    String task = "tasks/ann/ocr/2026-03-01_12-30-45/t-1/";
    List<String> wanted =
        List.of(
            "file_uploaded_chunked ann ok " + task + "video.mp4",
            "file_uploaded_via_stream ann ok " + task + "pages/1.txt",
            "file_downloaded_via_stream ann ok " + task + "video.mp4");
    try (AuditArchive archive = AuditArchive.open(temp.resolve(".diskmap-audit").toString())) {
      assertThat(archive.verify().breaks()).isEmpty();
      List<AuditEvent> kept =
          archive.trail().page(AuditQuery.all().withLimit(1000)).records().stream()
              .map(AuditRecord::event)
              .toList();
      assertThat(kept.stream().map(TaskOutputsTest::told)).containsAll(wanted);
      for (AuditEvent event : kept) {
        assertThat(master.output()).anyMatch(line -> line.contains(event.eventId()));
      }
    }
  }

  private static String told(AuditEvent event) {
    return event.action().label()
        + " "
        + event.context().user().orElse("nobody")
        + " "
        + event.outcome().name().toLowerCase(Locale.ROOT)
        + " "
        + event.filePath();
  }
}
