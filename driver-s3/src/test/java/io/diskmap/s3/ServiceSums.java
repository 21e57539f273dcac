package io.diskmap.s3;

import static org.assertj.core.api.Assertions.assertThat;

import io.diskmap.ByteRange;
import io.diskmap.Checksum;
import io.diskmap.ChecksumAlgorithm;
import io.diskmap.Content;
import io.diskmap.DiskMap;
import io.diskmap.FileMetadata;
import io.diskmap.SaveOptions;
import io.diskmap.Storage;
import io.diskmap.StorageManager;
import io.diskmap.Upload;
import io.diskmap.spi.Crc32c;
import io.diskmap.testkit.data.SeededContent;
import java.net.URI;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import software.amazon.awssdk.services.s3.model.ChecksumMode;
import software.amazon.awssdk.services.s3.model.ChecksumType;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;

/**
 * Full-object checksums by the service, on a store that keeps them, when asked for with {@code
 * -Dtest=ServiceSums -Ddiskmap.s3.sums=URL}; the keys are {@code diskmap} and {@code diskmap}.
 *
 * <p>None of the stores that the other tests start keeps any.
 */
@EnabledIfSystemProperty(named = "diskmap.s3.sums", matches = ".+")
class ServiceSums {
  private static final int CHUNK = 5 * 1024 * 1024;

  private final SeededContent content = new SeededContent(5, 2L * CHUNK + 77);
  private S3Server server;
  private S3Admin admin;
  private StorageManager manager;
  private Storage storage;

  @BeforeEach
  void open() throws Exception {
    URI endpoint = URI.create(System.getProperty("diskmap.s3.sums"));
    server = new S3Server("asked for", "", endpoint, "diskmap", "diskmap", () -> {});
    admin = new S3Admin(server);
    admin.createBucket("service-sums");
    String disk = S3Harness.json(server, endpoint, "service-sums", List.of());
    manager = StorageManager.open(DiskMap.parse("{\"disks\":{\"disk\":" + disk + "}}"));
    storage = manager.disk("disk");
  }

  @AfterEach
  void close() {
    manager.close();
    admin.removeBucket("service-sums");
    admin.close();
  }

  private Checksum expected() {
    byte[] all = content.range(0, (int) content.length());
    return Checksum.crc32c(Crc32c.of(ByteBuffer.wrap(all)));
  }

  private void requireByService(String key) throws Exception {
    FileMetadata file = storage.metadata(key);
    assertThat(file.checksum(ChecksumAlgorithm.CRC32C)).contains(expected());
    HeadObjectResponse head =
        admin
            .client()
            .headObject(r -> r.bucket("service-sums").key(key).checksumMode(ChecksumMode.ENABLED));
    assertThat(head.checksumType()).isNotEqualTo(ChecksumType.COMPOSITE);
    int crc = Integer.parseUnsignedInt(expected().hex(), 16);
    assertThat(head.checksumCRC32C()).isEqualTo(S3Meta.base64(crc));
    assertThat(admin.keys("service-sums", ".diskmap/sums/")).isEmpty();
  }

  @Test
  void a_file_of_several_parts_has_the_checksum_of_the_service_and_no_sidecar() throws Exception {
    FileMetadata saved = storage.save("f", Content.of(content.stream()));
    assertThat(saved.checksum(ChecksumAlgorithm.CRC32C)).contains(expected());
    requireByService("f");
  }

  @Test
  void an_upload_that_goes_on_elsewhere_has_it_too() throws Exception {
    Upload upload = storage.beginUpload("g", SaveOptions.defaults());
    upload.write(0, ByteBuffer.wrap(content.range(0, CHUNK)));
    upload.detach();
    try (Upload again = storage.resumeUpload(upload.id())) {
      assertThat(again.received()).containsExactly(ByteRange.of(0, CHUNK));
      again.write(CHUNK, ByteBuffer.wrap(content.range(CHUNK, CHUNK)));
      again.write(2L * CHUNK, ByteBuffer.wrap(content.range(2L * CHUNK, 77)));
      assertThat(again.commit(content.length()).checksum(ChecksumAlgorithm.CRC32C))
          .contains(expected());
    }
    requireByService("g");
  }
}
