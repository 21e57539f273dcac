package io.diskmap.s3;

import io.diskmap.ErrorKind;
import io.diskmap.StorageException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import software.amazon.awssdk.http.TlsTrustManagersProvider;

/** Trust in the certificates of one file. Stateless. */
final class S3Trust {
  private S3Trust() {}

  static TlsTrustManagersProvider of(Path file) throws StorageException {
    try (InputStream in = Files.newInputStream(file)) {
      KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
      store.load(null, null);
      int number = 0;
      for (Certificate certificate :
          CertificateFactory.getInstance("X.509").generateCertificates(in)) {
        store.setCertificateEntry("ca-" + number++, certificate);
      }
      TrustManagerFactory factory =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      factory.init(store);
      TrustManager[] managers = factory.getTrustManagers();
      return () -> managers;
    } catch (IOException | GeneralSecurityException e) {
      throw StorageException.of(
          ErrorKind.LOCAL_IO, "The option ca_file names no readable file of certificates.", e);
    }
  }
}
