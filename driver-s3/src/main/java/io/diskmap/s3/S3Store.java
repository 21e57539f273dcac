package io.diskmap.s3;

import io.diskmap.ErrorKind;
import io.diskmap.FileMetadata;
import io.diskmap.StorageException;
import io.diskmap.StoragePath;
import io.diskmap.spi.Call;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.ResponseBytes;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.core.sync.ResponseTransformer;
import software.amazon.awssdk.http.SdkHttpResponse;
import software.amazon.awssdk.services.s3.model.ChecksumMode;
import software.amazon.awssdk.services.s3.model.DeleteObjectRequest;
import software.amazon.awssdk.services.s3.model.EncodingType;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.HeadObjectRequest;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.ListObjectVersionsResponse;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;

/**
 * The simple requests on the objects of a disk, shared by all parts of the driver.
 *
 * <p>Thread-safe.
 */
final class S3Store {
  private static final int TEXT_LIMIT = 1024 * 1024;

  private final S3Sessions sessions;
  private final S3Options options;
  private final S3Keys keys;
  private final S3Encryption encryption;

  S3Store(S3Sessions sessions) {
    this.sessions = sessions;
    this.options = sessions.options();
    this.keys = new S3Keys(options.root());
    this.encryption = new S3Encryption(options);
  }

  S3Sessions sessions() {
    return sessions;
  }

  S3Options options() {
    return options;
  }

  S3Keys keys() {
    return keys;
  }

  S3Encryption encryption() {
    return encryption;
  }

  String bucket() {
    return options.bucket();
  }

  /** A page of the versions and delete markers of the keys with a prefix, behind a marker. */
  ListObjectVersionsResponse versions(
      String prefix, @Nullable String key, @Nullable String version, Call call)
      throws StorageException {
    return sessions.run(
        call,
        client ->
            client.listObjectVersions(
                r ->
                    r.bucket(bucket())
                        .prefix(prefix)
                        .encodingType(encoding(prefix, key))
                        .keyMarker(key)
                        .versionIdMarker(version)));
  }

  /** An object's headers, none where there is no object. */
  Optional<HeadObjectResponse> head(String key, Call call) throws StorageException {
    HeadObjectRequest.Builder request =
        HeadObjectRequest.builder().bucket(bucket()).key(key).checksumMode(ChecksumMode.ENABLED);
    encryption.apply(request);
    HeadObjectRequest built = request.build();
    try {
      return Optional.of(sessions.run(call, client -> client.headObject(built)));
    } catch (StorageException e) {
      if (e.kind() == ErrorKind.NOT_FOUND) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /** The file that an object is. */
  FileMetadata file(StoragePath path, HeadObjectResponse head, Call call) throws StorageException {
    S3Meta meta = S3Meta.read(head.metadata());
    List<io.diskmap.Checksum> service =
        S3Meta.serviceSum(head.checksumCRC32C(), head.checksumType()).stream().toList();
    return complete(path, meta.with(service, java.util.Map.of()), call)
        .file(path, head.contentLength(), head.lastModified(), head.eTag(), head.contentType());
  }

  /** The metadata together with what its sidecar says. */
  S3Meta complete(StoragePath path, S3Meta meta, Call call) throws StorageException {
    return meta.sidecar() != S3Meta.Sidecar.NONE ? S3Sidecars.read(this, path, meta, call) : meta;
  }

  /** A small object's text, none where there is no object. */
  Optional<String> readText(String key, Call call) throws StorageException {
    GetObjectRequest.Builder request =
        GetObjectRequest.builder().bucket(bucket()).key(key).range("bytes=0-" + (TEXT_LIMIT - 1));
    encryption.apply(request);
    GetObjectRequest built = request.build();
    try {
      ResponseBytes<GetObjectResponse> bytes =
          sessions.run(call, client -> client.getObject(built, ResponseTransformer.toBytes()));
      return Optional.of(bytes.asString(StandardCharsets.US_ASCII));
    } catch (StorageException e) {
      if (e.kind() == ErrorKind.NOT_FOUND) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /** Writes a small object. */
  void writeText(String key, String text, Call call) throws StorageException {
    PutObjectRequest.Builder request =
        PutObjectRequest.builder().bucket(bucket()).key(key).contentType("text/plain");
    encryption.apply(request);
    PutObjectRequest built = request.build();
    sessions.run(call, client -> client.putObject(built, RequestBody.fromString(text)));
  }

  /** Removes an object; nothing to do where there is none. */
  void remove(String key, Call call) throws StorageException {
    DeleteObjectRequest request = DeleteObjectRequest.builder().bucket(bucket()).key(key).build();
    try {
      sessions.run(call, client -> client.deleteObject(request));
    } catch (StorageException e) {
      if (e.kind() != ErrorKind.NOT_FOUND) {
        throw e;
      }
    }
  }

  /** Removes an object of the driver's own; later where the store does not answer. */
  void removeQuietly(String key, Call call) {
    if (call.isEnded()) {
      sessions.leftovers().soon(own -> remove(key, own), call.context());
    } else {
      sessions.leftovers().now(own -> remove(key, own), call.context());
    }
  }

  /**
   * How a listing is asked to write keys: as URLs, which carry every character. Ceph repeats the
   * prefix and the start as they are, and one with a percent sign then cannot be decoded.
   */
  static @Nullable EncodingType encoding(String prefix, @Nullable String start) {
    return (start == null ? prefix : prefix + start).indexOf('%') < 0 ? EncodingType.URL : null;
  }

  /** Whether any object has a key that begins so. */
  boolean hasBelow(String prefix, Call call) throws StorageException {
    ListObjectsV2Response page =
        sessions.run(
            call,
            client ->
                client.listObjectsV2(
                    r ->
                        r.bucket(bucket())
                            .prefix(prefix)
                            .encodingType(encoding(prefix, null))
                            .maxKeys(1)));
    return !page.contents().isEmpty();
  }

  /** The store's clock, to the second. */
  Instant time(Call call) throws StorageException {
    ListObjectsV2Response page =
        sessions.run(call, client -> client.listObjectsV2(sessions.probeListing()));
    return date(page.sdkHttpResponse());
  }

  /** When the store gave an answer. */
  static Instant date(SdkHttpResponse answer) {
    return S3Date.told(answer).orElseGet(Instant::now).truncatedTo(ChronoUnit.SECONDS);
  }
}
