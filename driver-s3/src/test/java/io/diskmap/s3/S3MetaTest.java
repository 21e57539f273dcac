package io.diskmap.s3;

import static org.assertj.core.api.Assertions.assertThat;

import io.diskmap.Checksum;
import io.diskmap.s3.S3Meta.Sidecar;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.s3.model.ChecksumType;

class S3MetaTest {
  @Test
  void metadata_comes_back_as_it_was_written() {
    S3Meta meta =
        new S3Meta(
            "0123456789abcdef0123456789abcdef",
            List.of(Checksum.crc32c(0x1234abcd)),
            Map.of("patient", "José 😀", "x=y", "a&b\n", "empty", ""),
            Sidecar.SUMS);
    assertThat(S3Meta.read(meta.write())).isEqualTo(meta);
    assertThat(meta.write().values()).allMatch(v -> v.chars().allMatch(c -> c > 0x20 && c < 0x7F));
  }

  @Test
  void an_etag_is_never_taken_for_a_checksum() {
    assertThat(S3Meta.tag("\"5d41402abc4b2a76b9719d911017c592\"").value())
        .isEqualTo("5d41402abc4b2a76b9719d911017c592");
    assertThat(S3Meta.serviceSum("4waSgw==-3", null)).isEmpty();
    assertThat(S3Meta.serviceSum("4waSgw==", ChecksumType.COMPOSITE)).isEmpty();
    assertThat(S3Meta.serviceSum("4waSgw==", ChecksumType.FULL_OBJECT))
        .contains(Checksum.crc32c(0xe3069283));
  }

  @Test
  void a_crc_is_written_as_the_service_writes_it() {
    assertThat(S3Meta.base64(0xe3069283)).isEqualTo("4waSgw==");
  }
}
