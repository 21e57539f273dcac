package io.diskmap.http.internal.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.diskmap.http.Certificates;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Certificates and keys as OpenSSL writes them. */
final class TlsContextsTest {
  @TempDir Path directory;

  @ParameterizedTest
  @ValueSource(strings = {"rsa pkcs8", "rsa pkcs1", "ec pkcs8", "ec sec1", "ed25519 pkcs8"})
  void every_common_form_of_key_is_read(String form) throws Exception {
    Certificates files = Certificates.make(directory, form);
    assertThat(TlsContexts.server(files.certificate(), files.key())).isNotNull();
    assertThat(TlsContexts.trust(files.certificate()).getAcceptedIssuers()).hasSize(1);
  }

  @Test
  void a_key_of_another_certificate_is_refused() throws Exception {
    Path otherDirectory = Files.createDirectory(directory.resolve("other"));
    Certificates one = Certificates.make(directory, "rsa pkcs8");
    Certificates other = Certificates.make(otherDirectory, "rsa pkcs8");
    assertThatThrownBy(() -> TlsContexts.server(one.certificate(), other.key()))
        .isInstanceOf(GeneralSecurityException.class)
        .hasMessageContaining("is not the certificate's key");
  }

  @Test
  void an_encrypted_key_and_a_broken_file_are_refused_in_words() throws Exception {
    Certificates files = Certificates.make(directory, "rsa pkcs8");
    Path encrypted = directory.resolve("encrypted.pem");
    Certificates.openssl(
        "pkcs8",
        "-topk8",
        "-in",
        files.key().toString(),
        "-passout",
        "pass:x",
        "-out",
        encrypted.toString());
    assertThatThrownBy(() -> TlsContexts.server(files.certificate(), encrypted))
        .hasMessageContaining("is encrypted");
    Path broken = Files.writeString(directory.resolve("broken.pem"), "-----BEGIN X-----\nAA");
    assertThatThrownBy(() -> TlsContexts.server(broken, files.key()))
        .hasMessageContaining("not a complete PEM file");
    assertThatThrownBy(() -> TlsContexts.server(files.key(), files.key()))
        .hasMessageContaining("holds no certificate");
  }
}
