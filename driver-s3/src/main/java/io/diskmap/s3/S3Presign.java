package io.diskmap.s3;

import io.diskmap.ErrorKind;
import io.diskmap.PresignedUrl;
import io.diskmap.StorageException;
import io.diskmap.StoragePath;
import io.diskmap.spi.PresignRequest;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import software.amazon.awssdk.awscore.presigner.PresignedRequest;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;

/** Makes URLs that need no credentials; no request is sent. Thread-safe. */
final class S3Presign {
  private static final Duration LONGEST = Duration.ofDays(7);

  private final S3Store store;

  S3Presign(S3Store store) {
    this.store = store;
  }

  PresignedUrl presign(StoragePath path, PresignRequest request) throws StorageException {
    if (request.validFor().compareTo(LONGEST) > 0) {
      throw StorageException.of(
          ErrorKind.UNSUPPORTED, "A signature is valid for at most 7 days; ask for less.");
    }
    String key = store.keys().file(path);
    S3Presigner presigner = store.sessions().presigner();
    try {
      PresignedRequest signed =
          switch (request.access()) {
            case DOWNLOAD ->
                presigner.presignGetObject(
                    r ->
                        r.signatureDuration(request.validFor())
                            .getObjectRequest(
                                get -> {
                                  get.bucket(store.bucket()).key(key);
                                  store.encryption().apply(get);
                                }));
            case UPLOAD ->
                presigner.presignPutObject(
                    r ->
                        r.signatureDuration(request.validFor())
                            .putObjectRequest(
                                put -> {
                                  put.bucket(store.bucket()).key(key);
                                  store.encryption().apply(put);
                                }));
          };
      return url(signed);
    } catch (SdkException e) {
      throw store.sessions().broken(e, request.call());
    }
  }

  private static PresignedUrl url(PresignedRequest signed) {
    Map<String, String> headers = new HashMap<>();
    signed
        .signedHeaders()
        .forEach(
            (name, values) -> {
              if (!name.equalsIgnoreCase("host")) {
                headers.put(name, String.join(",", values));
              }
            });
    try {
      URI url = signed.url().toURI();
      return new PresignedUrl(
          url, signed.httpRequest().method().name(), headers, signed.expiration());
    } catch (URISyntaxException e) {
      throw new IllegalStateException("the SDK makes valid URLs", e);
    }
  }
}
