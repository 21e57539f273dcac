package io.diskmap.benchmarks;

import io.minio.DownloadObjectArgs;
import io.minio.Http;
import io.minio.ListObjectsArgs;
import io.minio.MinioClient;
import io.minio.PutObjectArgs;
import io.minio.RemoveObjectsArgs;
import io.minio.Result;
import io.minio.UploadObjectArgs;
import io.minio.errors.MinioException;
import io.minio.messages.DeleteRequest;
import io.minio.messages.Item;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.stream.StreamSupport;

/** MinIO's client for Java. Thread-safe. */
final class MinioPeer implements S3Peer {
  private final S3Endpoint endpoint;
  private final MinioClient client;

  MinioPeer(S3Endpoint endpoint) throws MinioException {
    this.endpoint = endpoint;
    MinioClient.Builder builder =
        MinioClient.builder()
            .endpoint(endpoint.uri().toString())
            .credentials(endpoint.accessKey(), endpoint.secretKey())
            .region("us-east-1");
    if (endpoint.uri().getScheme().equals("https")) {
      builder.httpClient(Http.disableCertCheck(Http.newDefaultClient()), true);
    }
    this.client = builder.build();
  }

  @Override
  public String name() {
    return "minio-java";
  }

  @Override
  public void upload(Path source, String key) throws MinioException {
    client.uploadObject(
        UploadObjectArgs.builder()
            .bucket(endpoint.bucket())
            .object(key)
            .filename(source.toString(), 8L << 20)
            .build());
  }

  @Override
  public void download(String key, Path target) throws MinioException {
    client.downloadObject(
        DownloadObjectArgs.builder()
            .bucket(endpoint.bucket())
            .object(key)
            .filename(target.toString())
            .overwrite(true)
            .build());
  }

  @Override
  public void put(String key, byte[] content) throws MinioException {
    client.putObject(
        PutObjectArgs.builder()
            .bucket(endpoint.bucket())
            .object(key)
            .data(content, content.length)
            .build());
  }

  private Iterable<Result<Item>> items(String prefix) {
    return client.listObjects(
        ListObjectsArgs.builder().bucket(endpoint.bucket()).prefix(prefix).recursive(true).build());
  }

  @Override
  public long list(String prefix) throws MinioException {
    long count = 0;
    for (Result<Item> item : items(prefix)) {
      count += item.get().objectName().isEmpty() ? 0 : 1;
    }
    return count;
  }

  @Override
  public void delete(String prefix) throws MinioException {
    Iterable<DeleteRequest.Object> names =
        () -> {
          Iterator<DeleteRequest.Object> all =
              StreamSupport.stream(items(prefix).spliterator(), false)
                  .map(MinioPeer::name)
                  .iterator();
          return all;
        };
    for (var error :
        client.removeObjects(
            RemoveObjectsArgs.builder().bucket(endpoint.bucket()).objects(names).build())) {
      throw new IllegalStateException("not deleted: " + error.get());
    }
  }

  private static DeleteRequest.Object name(Result<Item> item) {
    try {
      return new DeleteRequest.Object(item.get().objectName());
    } catch (MinioException e) {
      throw new UncheckedIOException(new java.io.IOException(e));
    }
  }

  @Override
  public void close() {
    try {
      client.close();
    } catch (Exception e) {
      throw new IllegalStateException("the client does not close", e);
    }
  }
}
