package io.diskmap.benchmarks;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.async.AsyncRequestBody;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.crt.S3CrtHttpConfiguration;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.ObjectIdentifier;
import software.amazon.awssdk.transfer.s3.S3TransferManager;

/** The transfer manager of the AWS SDK over its native client. Thread-safe. */
final class CrtPeer implements S3Peer {
  private final S3Endpoint endpoint;
  private final S3AsyncClient client;
  private final S3TransferManager transfers;

  CrtPeer(S3Endpoint endpoint) {
    this.endpoint = endpoint;
    this.client =
        S3AsyncClient.crtBuilder()
            .endpointOverride(endpoint.uri())
            .forcePathStyle(true)
            .region(Region.US_EAST_1)
            .credentialsProvider(
                StaticCredentialsProvider.create(
                    AwsBasicCredentials.create(endpoint.accessKey(), endpoint.secretKey())))
            .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
            .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
            .httpConfiguration(
                S3CrtHttpConfiguration.builder().trustAllCertificatesEnabled(true).build())
            .build();
    this.transfers = S3TransferManager.builder().s3Client(client).build();
  }

  /** Makes the bucket that all share. */
  static void createBucket(S3Endpoint endpoint) {
    try (CrtPeer peer = new CrtPeer(endpoint)) {
      peer.client.createBucket(c -> c.bucket(endpoint.bucket())).join();
    }
  }

  @Override
  public String name() {
    return "S3TransferManager (CRT)";
  }

  @Override
  public void upload(Path source, String key) {
    transfers
        .uploadFile(
            u -> u.source(source).putObjectRequest(p -> p.bucket(endpoint.bucket()).key(key)))
        .completionFuture()
        .join();
  }

  @Override
  public void download(String key, Path target) {
    transfers
        .downloadFile(
            d -> d.destination(target).getObjectRequest(g -> g.bucket(endpoint.bucket()).key(key)))
        .completionFuture()
        .join();
  }

  @Override
  public void put(String key, byte[] content) {
    client
        .putObject(p -> p.bucket(endpoint.bucket()).key(key), AsyncRequestBody.fromBytes(content))
        .join();
  }

  @Override
  public long list(String prefix) {
    long count = 0;
    String token = null;
    do {
      String from = token;
      ListObjectsV2Response page =
          client
              .listObjectsV2(
                  l -> l.bucket(endpoint.bucket()).prefix(prefix).continuationToken(from))
              .join();
      count += page.contents().size();
      token = page.nextContinuationToken();
    } while (token != null);
    return count;
  }

  @Override
  public void delete(String prefix) {
    while (true) {
      ListObjectsV2Response page =
          client.listObjectsV2(l -> l.bucket(endpoint.bucket()).prefix(prefix)).join();
      if (page.contents().isEmpty()) {
        return;
      }
      List<ObjectIdentifier> names = new ArrayList<>();
      page.contents().forEach(o -> names.add(ObjectIdentifier.builder().key(o.key()).build()));
      client.deleteObjects(d -> d.bucket(endpoint.bucket()).delete(x -> x.objects(names))).join();
    }
  }

  @Override
  public void close() {
    transfers.close();
    client.close();
  }
}
