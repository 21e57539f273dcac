package io.diskmap.examples.streaming;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Both programs as processes, the web one under a file-size limit of zero. */
class TwoServerStreamingTest {
  private static final String KEY = "a-key-of-the-examples-that-is-long-enough-01234567";

  @TempDir Path directory;
  private final HttpClient browser = HttpClient.newHttpClient();
  private Path nas;
  private Path webDirectory;
  private Program services;
  private Program web;
  private int servicesPort;
  private String site;

  @BeforeEach
  void start() throws IOException, InterruptedException {
    nas = Files.createDirectories(directory.resolve("nas/workspace"));
    webDirectory = Files.createDirectory(directory.resolve("web"));
    Map<String, String> forServices =
        Map.of(
            "SERVER_ROLE",
            "services",
            "NAS_WORKSPACE_PATH",
            directory.resolve("nas").toString(),
            "INTERNAL_API_KEY",
            KEY,
            "STORAGE_CONFIG",
            """
                {"disks": {},
                 "server": {"listen": "127.0.0.1:0"},
                 "cleanup": {"workspace": {"prefixes": ["upload_prechecks"]}}}
                """);
    services = Program.start(List.of(), ServicesMain.class, directory, forServices);
    servicesPort = services.port();
    Map<String, String> forWeb =
        Map.of(
            "SERVER_ROLE",
            "web",
            "SERVICES_URL",
            "http://127.0.0.1:" + servicesPort,
            "INTERNAL_API_KEY",
            KEY);
    List<String> noFiles = List.of("sh", "-c", "ulimit -f 0; exec \"$@\"", "sh");
    web = Program.start(noFiles, WebMain.class, webDirectory, forWeb, "0");
    site = "http://127.0.0.1:" + web.port() + "/files/";
  }

  @AfterEach
  void stop() {
    web.close();
    services.close();
  }

  private HttpRequest.Builder to(String path) {
    return HttpRequest.newBuilder(URI.create(site + path)).header("X-User", "dr.jones");
  }

  private <T> HttpResponse<T> send(HttpRequest.Builder request, HttpResponse.BodyHandler<T> body)
      throws IOException, InterruptedException {
    return browser.send(request.build(), body);
  }

  private static byte[] random(int size) {
    byte[] bytes = new byte[size];
    new Random(size).nextBytes(bytes);
    return bytes;
  }

  @Test
  void uploads_stream_through_to_the_nas_and_back() throws IOException, InterruptedException {
    byte[] small = random(10_000);
    byte[] large = random(40 << 20);
    assertThat(
            send(
                    to("cohort_1/a%20b.csv").PUT(BodyPublishers.ofByteArray(small)),
                    BodyHandlers.ofString())
                .statusCode())
        .isEqualTo(201);
    assertThat(
            send(
                    to("cohort_1/video.mp4").PUT(BodyPublishers.ofByteArray(large)),
                    BodyHandlers.ofString())
                .body())
        .isEqualTo("41943040 bytes\n");
    assertThat(nas.resolve("upload_prechecks/cohort_1/a b.csv")).hasBinaryContent(small);
    assertThat(nas.resolve("upload_prechecks/cohort_1/video.mp4")).hasBinaryContent(large);

    assertThat(send(to("cohort_1/video.mp4").GET(), BodyHandlers.ofByteArray()).body())
        .isEqualTo(large);
    assertThat(send(to("cohort_1/").GET(), BodyHandlers.ofString()).body())
        .isEqualTo("a b.csv\t10000\nvideo.mp4\t41943040\n");

    services.await(
        l ->
            l.contains("\"file_uploaded_via_stream\"")
                && l.contains("\"user\":\"dr.jones\"")
                && l.contains("\"cohort\":\"cohort_1\""));
    services.await(
        l -> l.contains("\"file_uploaded_chunked\"") && l.contains("\"file_size\":41943040"));
    services.await(l -> l.contains("\"file_downloaded_via_stream\""));

    assertThat(send(to("cohort_1/video.mp4").DELETE(), BodyHandlers.ofString()).statusCode())
        .isEqualTo(200);
    assertThat(send(to("cohort_1/video.mp4").GET(), BodyHandlers.ofString()).statusCode())
        .isEqualTo(404);
    try (Stream<Path> written = Files.list(webDirectory)) {
      assertThat(written).isEmpty();
    }
  }

  @Test
  void a_name_from_a_browser_stays_one_segment() throws IOException, InterruptedException {
    HttpResponse<String> saved =
        send(
            to("cohort_1/..%2F..%2Fescape").PUT(BodyPublishers.ofString("x")),
            BodyHandlers.ofString());
    assertThat(saved.statusCode()).isEqualTo(201);
    assertThat(send(to("cohort_1/").GET(), BodyHandlers.ofString()).body())
        .isEqualTo("../../escape\t1\n");
    assertThat(nas.resolve("upload_prechecks/cohort_1/..%2F..%2Fescape")).exists();
    assertThat(directory.resolve("escape")).doesNotExist();
  }

  @Test
  void old_files_are_cleaned_up_over_the_api() throws IOException, InterruptedException {
    send(to("cohort_1/old").PUT(BodyPublishers.ofString("x")), BodyHandlers.ofString());
    Path file = nas.resolve("upload_prechecks/cohort_1/old");
    Files.setLastModifiedTime(file, FileTime.from(Instant.now().minusSeconds(5 * 3600)));
    send(to("cohort_1/new").PUT(BodyPublishers.ofString("x")), BodyHandlers.ofString());
    URI cleanup =
        URI.create(
            "http://127.0.0.1:"
                + servicesPort
                + "/internal/storage/cleanup?prefix=upload_prechecks&older_than_hours=4");
    HttpRequest.Builder request =
        HttpRequest.newBuilder(cleanup).header("X-API-Key", KEY).POST(BodyPublishers.noBody());
    assertThat(send(request, BodyHandlers.ofString()).body()).contains("\"deleted\":1");
    assertThat(file).doesNotExist();
    assertThat(nas.resolve("upload_prechecks/cohort_1/new")).exists();
    services.await(l -> l.contains("\"workspace_cleanup\""));
  }

  @Test
  void the_services_server_stops_in_order() throws InterruptedException {
    assertThat(services.stop()).isTrue();
  }
}
