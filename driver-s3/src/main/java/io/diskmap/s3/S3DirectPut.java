package io.diskmap.s3;

import io.diskmap.spi.Chunk;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.http.AbortableInputStream;
import software.amazon.awssdk.http.ContentStreamProvider;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.HttpExecuteResponse;
import software.amazon.awssdk.http.HttpStatusCode;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.SdkHttpResponse;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4HttpSigner;
import software.amazon.awssdk.http.auth.spi.signer.SignedRequest;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.utils.http.SdkHttpUtils;

/**
 * Sends a PUT as the client does, signed by its signer and over its connections, but without the
 * steps that the client takes for every request whatever it needs; they are more than half of the
 * processor time of a small save.
 *
 * <p>Thread-safe. Only a success is taken here. Any other answer and any failure is handed to the
 * client as that of its own first attempt, and it reads, repeats or reports that as ever.
 */
final class S3DirectPut {
  private static final String SERVICE = "s3";

  private final S3Http http;
  private final AwsCredentialsProvider credentials;
  private final AwsV4HttpSigner signer = AwsV4HttpSigner.create();
  private final String region;
  private final URI store;
  private final String bucket;

  /** As the client does: where nothing else keeps content from being changed on its way. */
  private final boolean signContent;

  /**
   * The client sets a clock of its own right when a store refuses it; nobody tells us that time.
   */
  private volatile boolean clockIsWrong;

  private S3DirectPut(
      S3Http http, AwsCredentialsProvider credentials, S3Options options, URI endpoint) {
    this.http = http;
    this.credentials = credentials;
    this.region = options.region();
    this.store = endpoint;
    this.signContent = !"https".equalsIgnoreCase(endpoint.getScheme());
    String path = endpoint.getRawPath() == null ? "" : endpoint.getRawPath();
    String base = path.endsWith("/") ? path : path + "/";
    this.bucket = base + SdkHttpUtils.urlEncode(options.bucket()) + "/";
  }

  /**
   * The way for a disk, where it has a store of its own address, and its requests need nothing that
   * only the client knows: the rules of Amazon's addresses, headers for encryption and storage
   * classes.
   *
   * @param endpoint as the client sees it
   */
  static Optional<S3DirectPut> of(
      S3Http http, AwsCredentialsProvider credentials, S3Options options, Optional<URI> endpoint) {
    boolean plain =
        options.pathStyle()
            && options.encryption() == S3Options.Encryption.NONE
            && options.storageClass().isEmpty();
    return endpoint
        .filter(uri -> plain)
        .map(uri -> new S3DirectPut(http, credentials, options, uri));
  }

  /** What the store answers to a PUT that succeeds; else what the client throws. */
  SdkHttpResponse send(S3Client client, PutObjectRequest put, Chunk content) {
    if (clockIsWrong || Thread.currentThread().isInterrupted()) {
      return byClient(client, put, content);
    }
    S3Exchange exchange = Objects.requireNonNull(S3Exchange.current(), "a call runs in one");
    try {
      HttpExecuteResponse answer = http.prepareRequest(signed(put, content)).call();
      if (answer.httpResponse().isSuccessful()) {
        finish(answer);
        return answer.httpResponse();
      }
      return settled(client, put, content, exchange, answer);
    } catch (IOException e) {
      exchange.handOver(
          () -> {
            throw e;
          });
    }
    return byClient(client, put, content);
  }

  /** What the client makes of an answer, which it takes unless it does not get so far. */
  private SdkHttpResponse settled(
      S3Client client,
      PutObjectRequest put,
      Chunk content,
      S3Exchange exchange,
      HttpExecuteResponse answer) {
    exchange.handOver(() -> answer);
    try {
      SdkHttpResponse settled = byClient(client, put, content);
      clockIsWrong |= answer.httpResponse().statusCode() == HttpStatusCode.FORBIDDEN;
      return settled;
    } finally {
      if (exchange.takeOver() != null) {
        answer.responseBody().ifPresent(AbortableInputStream::abort);
      }
    }
  }

  /** The same by the client from the beginning. */
  static SdkHttpResponse byClient(S3Client client, PutObjectRequest put, Chunk content) {
    return client.putObject(put, S3Body.of(content)).sdkHttpResponse();
  }

  /** Reads the rest of an answer, so that its connection serves others. */
  private static void finish(HttpExecuteResponse answer) throws IOException {
    if (answer.responseBody().isPresent()) {
      try (AbortableInputStream body = answer.responseBody().get()) {
        body.transferTo(OutputStream.nullOutputStream());
      }
    }
  }

  private HttpExecuteRequest signed(PutObjectRequest put, Chunk content) {
    ContentStreamProvider body = () -> S3Body.stream(content);
    SdkHttpRequest request = request(put);
    SignedRequest signed =
        signer.sign(
            sign ->
                sign.identity(credentials.resolveCredentials())
                    .request(request)
                    .payload(body)
                    .putProperty(AwsV4HttpSigner.SERVICE_SIGNING_NAME, SERVICE)
                    .putProperty(AwsV4HttpSigner.REGION_NAME, region)
                    .putProperty(AwsV4HttpSigner.DOUBLE_URL_ENCODE, false)
                    .putProperty(AwsV4HttpSigner.NORMALIZE_PATH, false)
                    .putProperty(AwsV4HttpSigner.PAYLOAD_SIGNING_ENABLED, signContent));
    return HttpExecuteRequest.builder()
        .request(signed.request())
        .contentStreamProvider(signed.payload().orElse(body))
        .build();
  }

  private SdkHttpRequest request(PutObjectRequest put) {
    SdkHttpRequest.Builder request =
        SdkHttpRequest.builder()
            .method(SdkHttpMethod.PUT)
            .uri(store)
            .encodedPath(bucket + SdkHttpUtils.urlEncodeIgnoreSlashes(put.key()))
            .putHeader("User-Agent", "diskmap")
            .putHeader("Content-Length", put.contentLength().toString());
    header(request, "Content-Type", put.contentType());
    header(request, "Content-MD5", put.contentMD5());
    header(request, "x-amz-checksum-crc32c", put.checksumCRC32C());
    header(request, "If-Match", put.ifMatch());
    header(request, "If-None-Match", put.ifNoneMatch());
    put.metadata().forEach((name, value) -> request.putHeader("x-amz-meta-" + name, value));
    return request.build();
  }

  private static void header(SdkHttpRequest.Builder request, String name, @Nullable String value) {
    if (value != null) {
      request.putHeader(name, value);
    }
  }
}
