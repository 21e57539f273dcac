package io.diskmap.s3;

import static org.assertj.core.api.Assertions.assertThat;

import io.diskmap.spi.CommonOptions;
import io.diskmap.spi.OptionValues;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class S3CredentialsTest {
  @Test
  void refused_secrets_are_read_again_and_say_whether_they_changed() throws Exception {
    Map<String, String> environment = new HashMap<>(Map.of("SECRET", "one"));
    OptionValues values =
        OptionValues.of(
            S3Options.TABLE.and(CommonOptions.TABLE),
            Map.of(
                "driver", "s3",
                "bucket", "bucket",
                "access_key", "key",
                "secret_key", "${env:SECRET}"),
            environment::get);
    try (S3Credentials credentials = new S3Credentials(S3Options.from(values))) {
      assertThat(credentials.resolveCredentials().secretAccessKey()).isEqualTo("one");
      assertThat(credentials.refresh()).isFalse();
      environment.put("SECRET", "two");
      assertThat(credentials.resolveCredentials().secretAccessKey()).isEqualTo("one");
      assertThat(credentials.refresh()).isTrue();
      assertThat(credentials.resolveCredentials().secretAccessKey()).isEqualTo("two");
    }
  }
}
