package io.diskmap.examples.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.diskmap.Content;
import io.diskmap.DiskMap;
import io.diskmap.Download;
import io.diskmap.Storage;
import io.diskmap.StorageManager;
import io.diskmap.testkit.server.S3ProxyServer;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;

/** The same worker on a directory and on S3: only the disk map differs. */
class TranscriptWorkerTest {
  private static void work(String disk) throws Exception {
    String map = "{\"disks\":{\"workspace\":" + disk + "}}";
    try (StorageManager storages = StorageManager.open(DiskMap.parse(map))) {
      Storage workspace = storages.workspace();
      workspace.save("inbox/one.txt", Content.of("to be or not to be"));
      workspace.save("inbox/two.txt", Content.of("that is\n\n the question"));
      assertThat(new TranscriptWorker(workspace).run()).isEqualTo(2);
      try (Download report = workspace.download("results/one.txt.json")) {
        assertThat(report.readAllBytes()).asString().isEqualTo("{\"words\":6}");
      }
      assertThat(workspace.metadata("results/two.txt.json").contentType())
          .contains("application/json");
    }
  }

  @Test
  void it_works_on_a_directory(@TempDir Path directory) throws Exception {
    work("{\"driver\":\"local\",\"root\":\"" + directory + "\"}");
  }

  @Test
  void it_works_on_s3_by_another_disk_map_alone() throws Exception {
    try (S3ProxyServer server = S3ProxyServer.start()) {
      createBucket(server);
      work(
          "{\"driver\":\"s3\",\"bucket\":\"workspace\",\"endpoint\":\"%s\",\"access_key\":\"%s\",\"secret_key\":\"%s\"}"
              .formatted(server.endpoint(), S3ProxyServer.ACCESS_KEY, S3ProxyServer.SECRET_KEY));
    }
  }

  private static void createBucket(S3ProxyServer server) {
    try (S3Client client =
        S3Client.builder()
            .endpointOverride(server.endpoint())
            .forcePathStyle(true)
            .region(Region.US_EAST_1)
            .credentialsProvider(
                StaticCredentialsProvider.create(
                    AwsBasicCredentials.create(S3ProxyServer.ACCESS_KEY, S3ProxyServer.SECRET_KEY)))
            .build()) {
      client.createBucket(request -> request.bucket("workspace"));
    }
  }
}
