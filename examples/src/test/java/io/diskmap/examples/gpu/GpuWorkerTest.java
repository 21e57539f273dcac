package io.diskmap.examples.gpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.diskmap.Content;
import io.diskmap.DiskMap;
import io.diskmap.Download;
import io.diskmap.FileMetadata;
import io.diskmap.Listing;
import io.diskmap.Secret;
import io.diskmap.ServerRole;
import io.diskmap.Storage;
import io.diskmap.StorageException;
import io.diskmap.StorageManager;
import io.diskmap.http.client.WorkerClient;
import io.diskmap.http.client.WorkerOptions;
import io.diskmap.http.server.StorageServer;
import io.diskmap.testkit.server.S3ProxyServer;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;

/** The same worker over a directory, S3, HTTP, and the two calls of remote workers. */
class GpuWorkerTest {
  private static final String KEY = "0123456789abcdef0123456789abcdef";

  @TempDir Path directory;
  @TempDir Path nas;

  private void work(String disk) throws Exception {
    DiskMap map = DiskMap.parse("{\"disks\":{\"workspace\":" + disk + "}}");
    try (StorageManager storages = StorageManager.open(map)) {
      Storage workspace = storages.workspace();
      workspace.save("videos/a.mp4", Content.of(new byte[] {0, 1, 0}));
      new GpuWorker(Exchange.over(workspace, directory), directory).process("videos/a.mp4");
      try (Download result = workspace.download("results/videos/a.mp4")) {
        assertThat(result.readAllBytes()).asString().isEqualTo("2 zero bytes\n");
      }
      assertThat(workspace.exists("results/videos/a.mp4.json")).isTrue();
    }
    assertThat(local()).isEmpty();
  }

  private List<String> local() throws Exception {
    try (Stream<Path> files = Files.list(directory)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void it_works_on_a_mounted_nas() throws Exception {
    work("{\"driver\":\"local\",\"root\":\"" + nas + "\"}");
  }

  @Test
  void it_works_on_s3() throws Exception {
    try (S3ProxyServer server = S3ProxyServer.start();
        S3Client client =
            S3Client.builder()
                .endpointOverride(server.endpoint())
                .forcePathStyle(true)
                .region(Region.US_EAST_1)
                .credentialsProvider(
                    StaticCredentialsProvider.create(
                        AwsBasicCredentials.create(
                            S3ProxyServer.ACCESS_KEY, S3ProxyServer.SECRET_KEY)))
                .build()) {
      client.createBucket(request -> request.bucket("workspace"));
      work(
          "{\"driver\":\"s3\",\"bucket\":\"workspace\",\"endpoint\":\"%s\",\"access_key\":\"%s\",\"secret_key\":\"%s\"}"
              .formatted(server.endpoint(), S3ProxyServer.ACCESS_KEY, S3ProxyServer.SECRET_KEY));
    }
  }

  @Test
  void it_works_over_http() throws Exception {
    try (StorageManager services = services();
        StorageServer server = StorageServer.of(services)) {
      server.start();
      work(
          "{\"driver\":\"remote-http\",\"url\":\"http://127.0.0.1:%d\",\"api_key\":\"%s\"}"
              .formatted(server.address().getPort(), KEY));
    }
  }

  private StorageManager services() {
    String map =
        """
        { "disks": { "workspace": { "driver": "local", "root": "%s" } },
          "server": { "listen": "127.0.0.1:0", "keys": { "gpu": { "key": "%s" } } },
          "worker_files": { "roots": { "/mnt/nas/videos": "workspace:videos" },
                            "results": "workspace:results" } }
        """
            .formatted(nas, KEY);
    return StorageManager.builder().diskMap(DiskMap.parse(map)).role(ServerRole.SERVICES).build();
  }

  @Test
  void it_works_over_the_calls_for_remote_workers_which_serve_allowed_roots_only()
      throws Exception {
    try (StorageManager services = services();
        StorageServer server = StorageServer.of(services)) {
      server.start();
      services.workspace().save("videos/cam/a.mp4", Content.of(new byte[] {0, 1, 0}));
      services.workspace().save("private/b.mp4", Content.of("not for workers"));
      URI url = URI.create("http://127.0.0.1:" + server.address().getPort());
      WorkerOptions options = WorkerOptions.of(url, Secret.of(KEY), directory);
      try (WorkerClient client = WorkerClient.open(options)) {
        GpuWorker worker = new GpuWorker(Exchange.over(client), directory);
        worker.process("/mnt/nas/videos/cam/a.mp4");
        assertThat(local()).isEmpty();
        try (Listing results = services.workspace().list("results/gpu")) {
          List<String> names =
              results.stream().map(FileMetadata::path).map(Object::toString).toList();
          assertThat(names).hasSize(2);
          assertThat(names.get(0)).endsWith(".result.json");
        }
        for (String denied :
            List.of("/mnt/nas/private/b.mp4", "/mnt/nas/videos/../private/b.mp4")) {
          assertThatThrownBy(() -> worker.process(denied))
              .isInstanceOf(StorageException.class)
              .hasMessageContaining("File access denied");
        }
      }
    }
  }

  @Test
  void local_files_of_a_worker_that_was_killed_go_after_a_day() throws Exception {
    Path old = Files.writeString(directory.resolve("download_old"), "x");
    Files.setLastModifiedTime(old, FileTime.from(Instant.now().minus(Duration.ofHours(25))));
    Path young = Files.writeString(directory.resolve("download_young"), "x");
    try (StorageManager storages = StorageManager.inMemory("workspace")) {
      new GpuWorker(Exchange.over(storages.workspace(), directory), directory);
    }
    assertThat(old).doesNotExist();
    assertThat(young).exists();
  }
}
