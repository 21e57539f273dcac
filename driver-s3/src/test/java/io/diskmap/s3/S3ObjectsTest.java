package io.diskmap.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.diskmap.Content;
import io.diskmap.DiskMap;
import io.diskmap.Download;
import io.diskmap.DownloadReport;
import io.diskmap.ErrorKind;
import io.diskmap.SaveOptions;
import io.diskmap.Storage;
import io.diskmap.StorageException;
import io.diskmap.StorageManager;
import io.diskmap.spi.CommonOptions;
import io.diskmap.spi.OptionValues;
import io.diskmap.testkit.data.SeededContent;
import io.diskmap.testkit.fault.Direction;
import io.diskmap.testkit.fault.FaultProxy;
import io.diskmap.testkit.invariant.Eventually;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.model.BucketVersioningStatus;
import software.amazon.awssdk.services.s3.model.CopyObjectRequest;
import software.amazon.awssdk.services.s3.model.CreateMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.ServerSideEncryption;
import software.amazon.awssdk.services.s3.model.StorageClass;

/** How the disk's options reach the objects, looked at behind the driver, on S3Proxy. */
@Timeout(120)
class S3ObjectsTest {
  private static final String KEY = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=";
  private static final AtomicInteger BUCKETS = new AtomicInteger();
  private static final SeededContent LARGE = new SeededContent(3, 11L * 1024 * 1024 + 5);
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
    bucket = "objects-test-" + BUCKETS.incrementAndGet();
    admin.createBucket(bucket);
  }

  private StorageManager open(String... options) {
    String json = S3Harness.json(server, server.endpoint(), bucket, List.of(options));
    return StorageManager.open(DiskMap.parse("{\"disks\":{\"disk\":" + json + "}}"));
  }

  private void saveAllWays(Storage storage) throws Exception {
    storage.save("small", Content.of("x"));
    storage.save("large", Content.of(LARGE.stream()));
    storage.save("sha", Content.of(LARGE.stream()), SaveOptions.defaults().withSha256());
    storage.copy("large", "copy", SaveOptions.defaults());
    for (String path : List.of("large", "sha", "copy")) {
      try (Download in = storage.download(path)) {
        LARGE.assertEquals(in);
      }
    }
  }

  @Test
  void encryption_by_the_store_is_asked_for_with_every_object() throws Exception {
    try (StorageManager manager = open("\"encryption\":\"s3\"")) {
      saveAllWays(manager.disk("disk"));
      for (String key : List.of("small", "large", "sha", "copy")) {
        assertThat(admin.client().headObject(r -> r.bucket(bucket).key(key)).serverSideEncryption())
            .as(key)
            .isEqualTo(ServerSideEncryption.AES256);
      }
    }
  }

  @Test
  void a_key_of_the_account_is_named_with_every_object() throws Exception {
    try (StorageManager manager = open("\"encryption\":\"kms\"", "\"kms_key\":\"key-7\"")) {
      saveAllWays(manager.disk("disk"));
      for (String key : List.of("small", "large", "sha", "copy")) {
        var head = admin.client().headObject(r -> r.bucket(bucket).key(key));
        assertThat(head.serverSideEncryption()).as(key).isEqualTo(ServerSideEncryption.AWS_KMS);
        assertThat(head.ssekmsKeyId()).as(key).isEqualTo("key-7");
      }
    }
  }

  @Test
  void a_customers_key_is_needed_to_read() throws Exception {
    try (StorageManager manager =
        open("\"encryption\":\"customer\"", "\"customer_key\":\"" + KEY + "\"")) {
      saveAllWays(manager.disk("disk"));
      for (String key : List.of("small", "large", "sha", "copy")) {
        assertThat(
                catchThrowableOfType(
                    S3Exception.class,
                    () -> admin.client().headObject(r -> r.bucket(bucket).key(key))))
            .as(key)
            .isNotNull();
      }
    }
  }

  @Test
  void a_customers_key_of_another_length_is_refused() {
    try (StorageManager manager =
        open("\"encryption\":\"customer\"", "\"customer_key\":\"c2hvcnQ=\"")) {
      StorageException failure =
          catchThrowableOfType(StorageException.class, () -> manager.disk("disk"));
      assertThat(failure.kind()).isEqualTo(ErrorKind.UNSUPPORTED);
      assertThat(failure.sentence()).contains("customer_key").doesNotContain("c2hvcnQ");
    }
  }

  /** The server keeps the class of a single PUT only, so what is asked of it is looked at. */
  @Test
  void the_storage_class_goes_with_every_object() throws Exception {
    try (StorageManager manager = open("\"storage_class\":\"STANDARD_IA\"")) {
      Storage storage = manager.disk("disk");
      saveAllWays(storage);
      assertThat(admin.client().headObject(r -> r.bucket(bucket).key("small")).storageClass())
          .isEqualTo(StorageClass.STANDARD_IA);
    }
    OptionValues values =
        OptionValues.of(
            S3Options.TABLE.and(CommonOptions.TABLE),
            Map.of("driver", "s3", "bucket", "b", "storage_class", "STANDARD_IA"),
            name -> null);
    S3Encryption encryption = new S3Encryption(S3Options.from(values));
    var upload = CreateMultipartUploadRequest.builder();
    encryption.apply(upload);
    assertThat(upload.build().storageClass()).isEqualTo(StorageClass.STANDARD_IA);
    var copy = CopyObjectRequest.builder();
    encryption.apply(copy);
    assertThat(copy.build().storageClass()).isEqualTo(StorageClass.STANDARD_IA);
  }

  @Test
  void every_checksum_mode_saves_and_deletes() throws Exception {
    for (String mode : List.of("crc32c", "md5", "none")) {
      try (StorageManager manager = open("\"checksum\":\"" + mode + "\"")) {
        Storage storage = manager.disk("disk");
        storage.save("d/small", Content.of("x"));
        storage.save("d/large", Content.of(LARGE.stream()));
        try (Download in = storage.download("d/large")) {
          LARGE.assertEquals(in);
        }
        assertThat(storage.deletePrefix("d").files()).as(mode).isEqualTo(2);
      }
    }
  }

  @Test
  void the_sidecar_of_a_replaced_version_is_swept() throws Exception {
    try (StorageManager manager = open()) {
      Storage storage = manager.disk("disk");
      for (int i = 0; i < 2; i++) {
        storage.save("d/replaced", Content.of(LARGE.stream()));
      }
      storage.save("gone", Content.of(LARGE.stream()));
    }
    admin.client().deleteObject(r -> r.bucket(bucket).key("gone"));
    assertThat(admin.keys(bucket, ".diskmap/sums/")).hasSize(3);
    try (StorageManager manager = open("\"upload_max_age\":\"1s\"")) {
      Storage storage = manager.disk("disk");
      Eventually.holds(
          "one sidecar is left",
          Duration.ofSeconds(20),
          () -> {
            storage.uploads(Duration.ZERO);
            return admin.keys(bucket, ".diskmap/sums/").size() == 1;
          });
      assertThat(storage.metadata("d/replaced").checksums()).isNotEmpty();
    }
  }

  /** The key of such a sidecar has a hash of the path, as the path itself would not fit. */
  @Test
  void the_sidecar_of_a_file_with_a_long_path_is_swept() throws Exception {
    String directory = ("d".repeat(165) + "/").repeat(6);
    try (StorageManager manager = open("\"upload_max_age\":\"1s\"")) {
      Storage storage = manager.disk("disk");
      for (String name : List.of("replaced", "replaced", "gone")) {
        storage.save(directory + name, Content.of(LARGE.stream()));
      }
      admin.client().deleteObject(r -> r.bucket(bucket).key(directory + "gone"));
      assertThat(admin.keys(bucket, ".diskmap/sums-hashed/")).hasSize(3);
      Eventually.holds(
          "one sidecar is left",
          Duration.ofSeconds(20),
          () -> {
            storage.uploads(Duration.ZERO);
            return admin.keys(bucket, ".diskmap/sums").size() == 1;
          });
      assertThat(storage.metadata(directory + "replaced").checksums()).isNotEmpty();
      assertThat(storage.delete(directory + "replaced")).isTrue();
      assertThat(admin.keys(bucket, ".diskmap/sums")).isEmpty();
    }
  }

  /** Another program's objects where the disk's own are expected harm nobody. */
  @Test
  void records_and_metadata_that_the_disk_did_not_write_are_passed_over() throws Exception {
    admin
        .client()
        .putObject(
            r -> r.bucket(bucket).key(".diskmap/uploads/" + "0".repeat(32)),
            RequestBody.fromString(
                "begun=never&chunk=many&condition=NONE&durability=NAME&path=%zz"
                    + "&staged=false&upload=u&write-id=w"));
    admin
        .client()
        .putObject(
            r ->
                r.bucket(bucket)
                    .key("f")
                    .metadata(
                        Map.of(
                            "diskmap-write-id", "other", "diskmap-attributes", "name=50%25&a=%")),
            RequestBody.fromString("x"));
    try (StorageManager manager = open()) {
      Storage storage = manager.disk("disk");
      assertThat(storage.uploads(Duration.ZERO)).isEmpty();
      assertThat(storage.metadata("f").attributes())
          .containsOnly(Map.entry("name", "50%"), Map.entry("a", "%"));
    }
  }

  @Test
  void an_upload_of_the_disks_own_without_a_record_is_swept() throws Exception {
    admin.client().createMultipartUpload(r -> r.bucket(bucket).key(".diskmap/staged/0123"));
    try (StorageManager manager = open("\"upload_max_age\":\"1s\"")) {
      Storage storage = manager.disk("disk");
      Eventually.holds(
          "nothing is left",
          Duration.ofSeconds(20),
          () -> {
            assertThat(storage.uploads(Duration.ZERO)).isEmpty();
            return admin.client().listMultipartUploads(r -> r.bucket(bucket)).uploads().isEmpty();
          });
    }
  }

  @Test
  void what_a_probe_has_left_is_swept_once_no_probe_can_be_under_way() throws Exception {
    String left = ".diskmap/probe/0123-";
    admin.client().createMultipartUpload(r -> r.bucket(bucket).key(left + "parts"));
    admin.client().putObject(r -> r.bucket(bucket).key(left + "put"), RequestBody.empty());
    try (StorageManager manager = open()) {
      assertThat(manager.disk("disk").uploads(Duration.ZERO)).isEmpty();
      assertThat(admin.staged(bucket)).hasSize(2);
    }
    try (StorageManager manager = open("\"timeout\":\"1s\"")) {
      Storage storage = manager.disk("disk");
      Eventually.holds(
          "nothing is left",
          () -> {
            storage.uploads(Duration.ZERO);
            assertThat(admin.staged(bucket)).isEmpty();
            return true;
          });
    }
  }

  @Test
  void a_file_of_a_far_store_is_verified_without_a_question_before(@TempDir Path directory)
      throws Exception {
    Path target = directory.resolve("f");
    AtomicInteger questions = new AtomicInteger();
    try (FaultProxy line = FaultProxy.to("127.0.0.1", server.endpoint().getPort())) {
      line.delay(Duration.ofMillis(10));
      line.onData(
          Direction.TO_SERVER,
          (connection, data) -> {
            String text = StandardCharsets.ISO_8859_1.decode(data).toString();
            questions.addAndGet(text.startsWith("HEAD ") ? 1 : 0);
          });
      URI far = URI.create("http://127.0.0.1:" + line.port());
      String json = S3Harness.json(server, far, bucket, List.of());
      try (StorageManager manager =
          StorageManager.open(DiskMap.parse("{\"disks\":{\"disk\":" + json + "}}"))) {
        Storage storage = manager.disk("disk");
        storage.save("small", Content.of("x"));
        storage.save("large", Content.of(LARGE.stream()));
        questions.set(0);
        for (String path : List.of("small", "large")) {
          DownloadReport report = storage.downloadTo(path, target);
          assertThat(report.verified()).isEqualTo(DownloadReport.Verification.CHECKSUM);
        }
        assertThat(questions).hasValue(0);
        try (InputStream in = Files.newInputStream(target)) {
          LARGE.assertEquals(in);
        }
      }
    }
  }

  @Test
  void a_delete_marker_stays_without_the_option_and_its_versions_go_with_it() throws Exception {
    admin
        .client()
        .putBucketVersioning(
            r ->
                r.bucket(bucket)
                    .versioningConfiguration(v -> v.status(BucketVersioningStatus.ENABLED)));
    try (StorageManager marking = open();
        StorageManager erasing = open("\"delete_versions\":true")) {
      Storage storage = marking.disk("disk");
      storage.save("d/f", Content.of("one"));
      storage.save("d/f", Content.of(LARGE.stream()));
      assertThat(storage.delete("d/f")).isTrue();
      assertThat(storage.exists("d/f")).isFalse();
      assertThat(versions("d/f")).isEqualTo(2);
      assertThat(erasing.disk("disk").delete("d/f")).isFalse();
      assertThat(versions("d/f")).isZero();
    }
  }

  private long versions(String key) {
    return admin.client().listObjectVersions(r -> r.bucket(bucket).prefix(key)).versions().size();
  }
}
