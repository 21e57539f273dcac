package io.diskmap.http.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.diskmap.http.Certificates;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import okhttp3.OkHttpClient;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a client trusts, and how it encrypts whomever it trusts. */
class HttpClientsTest {
  @TempDir private Path directory;

  private static OkHttpClient client(Optional<Path> authorities) throws Exception {
    Duration aMinute = Duration.ofMinutes(1);
    return HttpClients.create(new BufferedSockets(aMinute), aMinute, 1, authorities);
  }

  @Test
  void it_trusts_the_authorities_of_the_jdk_and_sends_them_full_records() throws Exception {
    OkHttpClient client = client(Optional.empty());
    assertThat(client.sslSocketFactory()).isInstanceOf(TlsSockets.class);
    assertThat(client.x509TrustManager().getAcceptedIssuers()).hasSizeGreaterThan(1);
  }

  @Test
  void it_trusts_the_named_authority_alone_and_sends_it_full_records() throws Exception {
    Path authority = Certificates.make(directory, "ec pkcs8").certificate();
    OkHttpClient client = client(Optional.of(authority));
    assertThat(client.sslSocketFactory()).isInstanceOf(TlsSockets.class);
    assertThat(client.x509TrustManager().getAcceptedIssuers()).hasSize(1);
  }
}
