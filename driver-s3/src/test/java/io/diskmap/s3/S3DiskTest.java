package io.diskmap.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.diskmap.ByteRange;
import io.diskmap.Content;
import io.diskmap.DeleteOptions;
import io.diskmap.DiskMap;
import io.diskmap.Download;
import io.diskmap.ErrorKind;
import io.diskmap.PresignedUrl;
import io.diskmap.SaveOptions;
import io.diskmap.Storage;
import io.diskmap.StorageException;
import io.diskmap.StorageManager;
import io.diskmap.Upload;
import io.diskmap.testkit.data.SeededContent;
import io.diskmap.testkit.invariant.Eventually;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.s3.model.BucketVersioningStatus;

/** What an S3 disk does beyond the contract, on S3Proxy. */
@Timeout(120)
class S3DiskTest {
  private static final AtomicInteger BUCKETS = new AtomicInteger();
  private static S3Server server;
  private static S3Admin admin;

  private String bucket;

  @BeforeAll
  static void startServer() throws Exception {
    server = S3Server.s3proxy();
    admin = new S3Admin(server);
  }

  @AfterAll
  static void stopServer() throws Exception {
    admin.close();
    server.close();
  }

  @BeforeEach
  void createBucket() {
    bucket = "disk-test-" + BUCKETS.incrementAndGet();
    admin.createBucket(bucket);
  }

  @AfterEach
  void removeBucket() {
    admin.removeBucket(bucket);
  }

  private StorageManager open(String... options) {
    return open(server.endpoint(), bucket, options);
  }

  private static StorageManager open(URI endpoint, String bucket, String... options) {
    String json = S3Harness.json(server, endpoint, bucket, List.of(options));
    return StorageManager.open(DiskMap.parse("{\"disks\":{\"disk\":" + json + "}}"));
  }

  private static StorageException failure(ThrowingCallable call) {
    return catchThrowableOfType(StorageException.class, call);
  }

  @Test
  void a_wrong_bucket_is_said_so_with_the_remedy() {
    try (StorageManager manager = open(server.endpoint(), "no-such-bucket")) {
      StorageException failure = failure(() -> manager.disk("disk").exists("f"));
      assertThat(failure.sentence())
          .contains("bucket 'no-such-bucket' does not exist")
          .contains("option bucket");
      assertThat(failure.kind()).isEqualTo(ErrorKind.PERMISSION_DENIED);
    }
  }

  @Test
  void a_wrong_secret_and_a_wrong_key_are_said_so_with_the_remedy() throws Exception {
    String wrongSecret =
        S3Harness.json(server, server.endpoint(), bucket, List.of())
            .replace(server.secretKey(), "another-secret");
    String wrongKey =
        S3Harness.json(server, server.endpoint(), bucket, List.of())
            .replace(server.accessKey(), "another-key");
    for (String json : List.of(wrongSecret, wrongKey)) {
      try (StorageManager manager =
          StorageManager.open(DiskMap.parse("{\"disks\":{\"disk\":" + json + "}}"))) {
        StorageException failure = failure(() -> manager.disk("disk").exists("f"));
        assertThat(failure.kind()).isEqualTo(ErrorKind.UNAUTHENTICATED);
        assertThat(failure.sentence()).contains("key");
        assertThat(failure.getMessage()).doesNotContain("another-secret");
      }
    }
  }

  @Test
  void a_plain_http_endpoint_elsewhere_must_be_allowed() {
    try (StorageManager manager = open(URI.create("http://192.0.2.1:9000"), bucket)) {
      StorageException failure = failure(() -> manager.disk("disk").exists("f"));
      assertThat(failure.kind()).isEqualTo(ErrorKind.UNSUPPORTED);
      assertThat(failure.sentence()).contains("allow_plaintext");
    }
  }

  @Test
  void a_secret_that_is_mended_takes_effect_with_the_next_call(@TempDir Path directory)
      throws Exception {
    Path secret = directory.resolve("secret");
    Files.writeString(secret, "not-yet");
    String json =
        S3Harness.json(server, server.endpoint(), bucket, List.of())
            .replace(server.secretKey(), "${file:" + secret + "}");
    try (StorageManager manager =
        StorageManager.open(DiskMap.parse("{\"disks\":{\"disk\":" + json + "}}"))) {
      assertThat(failure(() -> manager.disk("disk").exists("f")).kind())
          .isEqualTo(ErrorKind.UNAUTHENTICATED);
      Files.writeString(secret, server.secretKey());
      assertThat(manager.disk("disk").exists("f")).isFalse();
    }
  }

  @Test
  void a_presigned_url_downloads_and_uploads_without_credentials() throws Exception {
    HttpClient http = HttpClient.newHttpClient();
    try (StorageManager manager = open()) {
      Storage storage = manager.disk("disk");
      storage.save("d/f ü.txt", Content.of("content"));
      PresignedUrl get = storage.presignDownload("d/f ü.txt", Duration.ofMinutes(5));
      assertThat(get.method()).isEqualTo("GET");
      assertThat(get.expires()).isAfter(Instant.now().plusSeconds(240));
      assertThat(get.toString()).doesNotContain("Signature").doesNotContain("f%20");
      var read = http.send(HttpRequest.newBuilder(get.url()).build(), BodyHandlers.ofString());
      assertThat(read.body()).isEqualTo("content");
      PresignedUrl put = storage.presignUpload("up", Duration.ofMinutes(5));
      HttpRequest.Builder upload =
          HttpRequest.newBuilder(put.url()).PUT(HttpRequest.BodyPublishers.ofString("uploaded"));
      put.headers().forEach(upload::header);
      assertThat(http.send(upload.build(), BodyHandlers.discarding()).statusCode()).isEqualTo(200);
      try (Download in = storage.download("up")) {
        assertThat(in.readAllBytes()).asString().isEqualTo("uploaded");
      }
      URI other = URI.create(get.url().toString().replace("d/f", "d/g"));
      var tampered = http.send(HttpRequest.newBuilder(other).build(), BodyHandlers.discarding());
      assertThat(tampered.statusCode()).isEqualTo(403);
      assertThat(failure(() -> storage.presignDownload("f", Duration.ofDays(8))).kind())
          .isEqualTo(ErrorKind.UNSUPPORTED);
    }
  }

  @Test
  void abandoned_downloads_give_their_connections_back_at_once() throws Exception {
    SeededContent content = new SeededContent(1, 24L * 1024 * 1024);
    try (StorageManager manager = open("\"connections\":2")) {
      Storage storage = manager.disk("disk");
      storage.save("f", Content.of(content.stream()));
      for (int i = 0; i < 12; i++) {
        try (Download in = storage.download("f")) {
          assertThat(in.read()).isGreaterThanOrEqualTo(0);
        }
      }
      try (Download in = storage.download("f", ByteRange.last(1))) {
        assertThat(in.readAllBytes()).hasSize(1);
      }
    }
  }

  @Test
  void a_store_that_asks_for_fewer_requests_is_obeyed() throws Exception {
    SeededContent content = new SeededContent(2, 12L * 1024 * 1024 + 1);
    try (SlowDownDoor door = new SlowDownDoor(server.endpoint());
        StorageManager manager = open(door.endpoint(), bucket)) {
      Storage storage = manager.disk("disk");
      storage.save("small", Content.of("x"));
      door.refuse(6);
      storage.save("large", Content.of(content.stream()));
      door.refuse(3);
      assertThat(storage.metadata("large").size()).isEqualTo(content.length());
    }
  }

  @Test
  void a_file_below_a_file_is_refused_and_the_answer_for_parents_is_remembered() throws Exception {
    try (StorageManager manager = open()) {
      Storage storage = manager.disk("disk");
      storage.save("a", Content.of("file"));
      assertThat(failure(() -> storage.save("a/b/c", Content.of("x"))).kind())
          .isEqualTo(ErrorKind.PATH_CONFLICT);
      storage.save("d/e/f", Content.of("x"));
      storage.delete("d/e/f");
      storage.save("d/e", Content.of("now a file"));
      assertThat(failure(() -> storage.save("d/e/f", Content.of("x"))).kind())
          .isEqualTo(ErrorKind.PATH_CONFLICT);
    }
  }

  @Test
  void an_upload_that_is_too_old_cannot_complete() throws Exception {
    try (StorageManager manager = open("\"upload_max_age\":\"1s\"")) {
      Storage storage = manager.disk("disk");
      Instant begun = storage.save("clock", Content.of("x")).modified();
      try (Upload upload = storage.beginUpload("f", SaveOptions.defaults())) {
        Eventually.holds(
            "the store's clock goes on",
            Duration.ofSeconds(20),
            () -> storage.save("clock", Content.of("x")).modified().isAfter(begun.plusSeconds(4)));
        upload.write(0, ByteBuffer.wrap(new byte[] {1}));
        StorageException failure = failure(() -> upload.commit(1));
        assertThat(failure.kind()).isEqualTo(ErrorKind.TIMEOUT);
        assertThat(failure.sentence()).contains("upload_max_age");
      }
      assertThat(storage.exists("f")).isFalse();
    }
  }

  @Test
  void a_delete_of_all_versions_leaves_none() throws Exception {
    admin
        .client()
        .putBucketVersioning(
            r ->
                r.bucket(bucket)
                    .versioningConfiguration(v -> v.status(BucketVersioningStatus.ENABLED)));
    try (StorageManager manager = open("\"delete_versions\":true")) {
      Storage storage = manager.disk("disk");
      for (String path : List.of("d/f", "d/f", "d/g", "h", "h")) {
        storage.save(path, Content.of(path));
      }
      assertThat(storage.deletePrefix("d").files()).isEqualTo(2);
      assertThat(storage.delete("h")).isTrue();
      storage.deleteAll(DeleteOptions.defaults());
      assertThat(storage.exists("h")).isFalse();
      List<String> left =
          admin.client().listObjectVersions(r -> r.bucket(bucket)).versions().stream()
              .map(v -> v.key())
              .filter(key -> !key.startsWith(".diskmap/"))
              .toList();
      assertThat(left).isEmpty();
    }
  }

  @Test
  void a_prefix_confines_the_disk_to_its_directory() throws Exception {
    try (StorageManager whole = open();
        StorageManager part = open("\"prefix\":\"tenants/7\"")) {
      part.disk("disk").save("d/f", Content.of("x"));
      whole.disk("disk").save("tenants/70", Content.of("sibling"));
      assertThat(whole.disk("disk").exists("tenants/7/d/f")).isTrue();
      assertThat(part.disk("disk").deleteAll(DeleteOptions.defaults()).files()).isEqualTo(1);
      assertThat(whole.disk("disk").exists("tenants/70")).isTrue();
    }
  }

  @Test
  void an_object_of_another_program_is_a_file_with_its_metadata_as_attributes() throws Exception {
    admin
        .client()
        .putObject(
            r ->
                r.bucket(bucket)
                    .key("foreign.bin")
                    .contentType("image/png")
                    .metadata(java.util.Map.of("origin", "scanner")),
            software.amazon.awssdk.core.sync.RequestBody.fromString("bytes"));
    try (StorageManager manager = open()) {
      var file = manager.disk("disk").metadata("foreign.bin");
      assertThat(file.contentType()).contains("image/png");
      assertThat(file.attributes()).containsEntry("origin", "scanner");
      assertThat(file.checksums()).isEmpty();
    }
  }
}
