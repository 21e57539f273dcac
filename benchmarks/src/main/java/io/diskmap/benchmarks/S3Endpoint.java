package io.diskmap.benchmarks;

import java.net.URI;

/**
 * A bucket that Diskmap and its peers share. Immutable.
 *
 * @param uri of the server
 * @param bucket that exists
 * @param accessKey of its user
 * @param secretKey of the key
 */
record S3Endpoint(URI uri, String bucket, String accessKey, String secretKey) {
  S3Endpoint at(int port) {
    return new S3Endpoint(
        URI.create(uri.getScheme() + "://127.0.0.1:" + port), bucket, accessKey, secretKey);
  }

  /** The disk's entry of a disk map. */
  String json() {
    return """
        {"driver":"s3","bucket":"%s","endpoint":"%s","access_key":"%s","secret_key":"%s"}"""
        .formatted(bucket, uri, accessKey, secretKey);
  }
}
