package io.diskmap.http.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.diskmap.Content;
import io.diskmap.DiskMap;
import io.diskmap.ErrorKind;
import io.diskmap.FileMetadata;
import io.diskmap.Listing;
import io.diskmap.Secret;
import io.diskmap.ServerRole;
import io.diskmap.StorageException;
import io.diskmap.StorageManager;
import io.diskmap.http.Servers;
import io.diskmap.http.server.StorageServer;
import io.diskmap.testkit.fault.Direction;
import io.diskmap.testkit.fault.Ending;
import io.diskmap.testkit.fault.FaultProxy;
import io.diskmap.testkit.fault.Trip;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A remote worker against a live server, over good and bad connections. */
final class WorkerClientTest {
  private final StorageManager storages =
      StorageManager.builder()
          .diskMap(
              DiskMap.builder()
                  .disk("workspace", "memory", Map.of())
                  .section(
                      "worker_files",
                      Map.of(
                          "roots",
                          Map.of("/videos", "workspace:videos"),
                          "results",
                          "workspace:results"))
                  .build())
          .role(ServerRole.SERVICES)
          .build();
  @TempDir Path directory;
  private StorageServer server;
  private WorkerClient worker;

  @BeforeEach
  void start() throws IOException {
    server = Servers.start(storages);
    worker = client(Servers.url(server));
  }

  private WorkerClient client(String url) throws StorageException {
    return WorkerClient.open(WorkerOptions.of(URI.create(url), Secret.of(Servers.KEY), directory));
  }

  @AfterEach
  void stop() {
    worker.close();
    server.close();
    storages.close();
  }

  private List<String> local() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  private List<String> stored(String prefix) throws IOException {
    try (Listing listing = storages.workspace().list(prefix)) {
      return listing.stream().map(FileMetadata::path).map(Object::toString).toList();
    }
  }

  private static byte[] content(int size) {
    byte[] bytes = new byte[size];
    new Random(size).nextBytes(bytes);
    return bytes;
  }

  @Test
  void an_input_is_fetched_worked_on_and_deleted_when_its_result_is_there() throws Exception {
    byte[] video = content(2_000_000);
    storages.workspace().save("videos/a b/ü.mp4", Content.of(video));
    worker.process(
        "/videos/a b/ü.mp4",
        input -> {
          assertThat(input).hasBinaryContent(video);
          Path result = Files.writeString(directory.resolve("transcript.txt"), "words");
          return new WorkerClient.Result(result, "{\"words\":1}");
        });

    assertThat(local()).isEmpty();
    assertThat(stored("results")).hasSize(2);
    assertThat(stored("results").get(0)).endsWith(".result.json");
    assertThat(stored("results").get(1)).endsWith("/transcript.txt");
  }

  @Test
  void what_fails_leaves_the_local_files_for_another_try() throws Exception {
    storages.workspace().save("videos/v", Content.of("v"));
    Path input = worker.download("/videos/v");
    Path result = Files.writeString(directory.resolve("r"), "r");
    server.close();

    assertThatThrownBy(() -> worker.uploadResult(result, "{}"))
        .isInstanceOf(StorageException.class);
    assertThat(input).exists();
    assertThat(result).exists();
  }

  @Test
  void refusals_have_their_kind_and_leave_no_file() throws Exception {
    assertThat(kindOf("/videos/absent")).isEqualTo(ErrorKind.NOT_FOUND);
    assertThat(kindOf("/etc/passwd")).isEqualTo(ErrorKind.PERMISSION_DENIED);
    assertThat(local()).isEmpty();
  }

  private ErrorKind kindOf(String path) {
    try {
      worker.download(path);
      throw new AssertionError("not refused: " + path);
    } catch (StorageException e) {
      return e.kind();
    }
  }

  @Test
  void a_download_goes_on_where_its_connection_was_cut() throws Exception {
    byte[] video = content(8_000_000);
    storages.workspace().save("videos/v", Content.of(video));
    try (FaultProxy proxy = FaultProxy.to(server.address());
        WorkerClient far = client("http://127.0.0.1:" + proxy.port())) {
      Trip cut = proxy.cutAfter(Direction.TO_CLIENT, 3_000_000, Ending.FIN);
      Path copy = far.download("/videos/v");
      cut.await(Duration.ofSeconds(60));
      assertThat(proxy.bytesOut(Direction.TO_CLIENT)).isLessThan(9_000_000);
      assertThat(copy).hasBinaryContent(video);
      assertThat(local()).hasSize(1);
    }
  }

  @Test
  void copies_that_nobody_deleted_go_after_a_day() throws Exception {
    Path old = Files.writeString(directory.resolve("download_1_old"), "x");
    Path part = Files.writeString(directory.resolve("download_2_old.part"), "x");
    Path young = Files.writeString(directory.resolve("download_3_young"), "x");
    Path other = Files.writeString(directory.resolve("upload_4"), "x");
    FileTime yesterday = FileTime.from(Instant.now().minus(Duration.ofHours(25)));
    for (Path file : List.of(old, part, other)) {
      Files.setLastModifiedTime(file, yesterday);
    }
    Files.createSymbolicLink(directory.resolve("download_5_link"), other);

    assertThat(worker.sweep()).isEqualTo(2);
    assertThat(old).doesNotExist();
    assertThat(part).doesNotExist();
    assertThat(young).exists();
    assertThat(other).exists();
  }

  @Test
  void plain_http_to_another_machine_must_be_allowed() {
    URI far = URI.create("http://192.0.2.1:8001");
    assertThatThrownBy(() -> WorkerOptions.of(far, Secret.of("k"), directory))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(WorkerOptions.overPrivateNetwork(far, Secret.of("k"), directory).services())
        .isEqualTo(far);
  }
}
