package io.diskmap.s3;

import java.util.ArrayList;
import java.util.List;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3Configuration;
import software.amazon.awssdk.services.s3.model.ObjectIdentifier;
import software.amazon.awssdk.services.s3.model.S3Exception;

/** A look behind the driver, with a client of its own. For any thread. */
final class S3Admin implements AutoCloseable {
  private static final int BATCH = 1000;

  private final S3Client client;

  S3Admin(S3Server server) {
    this.client =
        S3Client.builder()
            .endpointOverride(server.endpoint())
            .region(Region.US_EAST_1)
            .credentialsProvider(
                StaticCredentialsProvider.create(
                    AwsBasicCredentials.create(server.accessKey(), server.secretKey())))
            .httpClientBuilder(Apache5HttpClient.builder())
            .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
            .serviceConfiguration(
                S3Configuration.builder()
                    .pathStyleAccessEnabled(true)
                    .chunkedEncodingEnabled(false)
                    .build())
            .build();
  }

  S3Client client() {
    return client;
  }

  void createBucket(String bucket) {
    client.createBucket(r -> r.bucket(bucket));
  }

  /** All keys of a bucket. */
  List<String> keys(String bucket, String prefix) {
    List<String> keys = new ArrayList<>();
    client
        .listObjectsV2Paginator(r -> r.bucket(bucket).prefix(prefix))
        .contents()
        .forEach(object -> keys.add(object.key()));
    return keys;
  }

  /** What unfinished saves have left in a bucket: records, staged contents and uploads. */
  List<String> staged(String bucket) {
    List<String> left = new ArrayList<>(keys(bucket, ".diskmap/uploads/"));
    left.addAll(keys(bucket, ".diskmap/staged/"));
    left.addAll(keys(bucket, ".diskmap/probe/"));
    client
        .listMultipartUploads(r -> r.bucket(bucket))
        .uploads()
        .forEach(upload -> left.add("upload " + upload.key()));
    return left;
  }

  /** Removes a bucket and all in it. */
  void removeBucket(String bucket) {
    client
        .listMultipartUploads(r -> r.bucket(bucket))
        .uploads()
        .forEach(
            u ->
                client.abortMultipartUpload(
                    r -> r.bucket(bucket).key(u.key()).uploadId(u.uploadId())));
    List<String> keys = keys(bucket, "");
    for (int from = 0; from < keys.size(); from += BATCH) {
      remove(bucket, keys.subList(from, Math.min(keys.size(), from + BATCH)));
    }
    try {
      client.deleteBucket(r -> r.bucket(bucket));
    } catch (S3Exception e) {
      if (e.statusCode() != 409) {
        throw e;
      }
    }
  }

  /** Removes objects by one request, or one by one where their names are no XML. */
  private void remove(String bucket, List<String> keys) {
    List<ObjectIdentifier> names =
        keys.stream().map(key -> ObjectIdentifier.builder().key(key).build()).toList();
    try {
      client.deleteObjects(r -> r.bucket(bucket).delete(d -> d.objects(names).quiet(true)));
    } catch (S3Exception e) {
      keys.forEach(key -> client.deleteObject(r -> r.bucket(bucket).key(key)));
    }
  }

  @Override
  public void close() {
    client.close();
  }
}
