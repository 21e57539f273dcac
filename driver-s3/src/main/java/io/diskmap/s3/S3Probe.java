package io.diskmap.s3;

import io.diskmap.ErrorKind;
import io.diskmap.StorageException;
import io.diskmap.spi.Call;
import io.diskmap.spi.Chunk;
import io.diskmap.spi.Crc32c;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Future;
import java.util.function.Function;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.EncodingType;
import software.amazon.awssdk.services.s3.model.GetBucketVersioningResponse;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.PutObjectResponse;
import software.amazon.awssdk.services.s3.model.S3Object;

/**
 * Finds out what a store really does with conditions and checksums, by trying it on keys of its
 * own.
 *
 * <p>For one run. A store that ignores a condition answers 200, so nothing less than a write that
 * must fail tells. A 501, 400 or 404 counts as not honoured.
 */
final class S3Probe {
  private static final String FIRST = "diskmap probe";
  private static final String STALE = "00000000000000000000000000000000";

  private final S3Store store;
  private final Call call;
  private final String id = UUID.randomUUID().toString();

  S3Probe(S3Store store, Call call) {
    this.store = store;
    this.call = call;
  }

  /** Tries everything, three chains side by side. */
  S3Traits run() throws StorageException {
    Future<S3Traits> multipart = store.sessions().submit(() -> multipart(S3Traits.NONE));
    Future<S3Traits> sums = store.sessions().submit(() -> sums(S3Traits.NONE));
    S3Traits single;
    try {
      single = single();
    } finally {
      S3Tasks.await(List.of(multipart, sums));
    }
    S3Traits parts = S3Tasks.get(multipart, call);
    S3Traits service = S3Tasks.get(sums, call);
    return new S3Traits(
        single.createOnPut(),
        parts.createOnComplete(),
        single.matchOnPut(),
        parts.matchOnComplete() && single.matchOnPut() != S3Traits.MatchForm.NONE,
        single.matchOnDelete(),
        single.tagIsMd5(),
        service.returnsChecksums(),
        service.versioned(),
        service.sortsUtf16());
  }

  private S3Traits single() throws StorageException {
    String key = store.keys().probe(id + "-put");
    try {
      PutObjectResponse first = put(key, FIRST, r -> {});
      String tag = S3Meta.bare(first.eTag());
      boolean create = refuses(c -> c.putObject(request(key, r -> r.ifNoneMatch("*")), body("2")));
      S3Traits.MatchForm form = S3Traits.MatchForm.NONE;
      if (create
          && refuses(c -> c.putObject(request(key, r -> r.ifMatch(quoted(STALE))), body("3")))) {
        if (!refuses(c -> c.putObject(request(key, r -> r.ifMatch(quoted(tag))), body(FIRST)))) {
          form = S3Traits.MatchForm.QUOTED;
        } else if (!refuses(c -> c.putObject(request(key, r -> r.ifMatch(tag)), body(FIRST)))) {
          form = S3Traits.MatchForm.BARE;
        }
      }
      boolean delete =
          refuses(
              c -> c.deleteObject(r -> r.bucket(store.bucket()).key(key).ifMatch(quoted(STALE))));
      return new S3Traits(
          create, false, form, false, delete, tag.equals(md5()), false, false, false);
    } catch (StorageException e) {
      if (isAnswer(e)) {
        return S3Traits.NONE;
      }
      throw e;
    } finally {
      store.removeQuietly(key, call);
    }
  }

  private S3Traits multipart(S3Traits none) throws StorageException {
    String key = store.keys().probe(id + "-parts");
    try {
      put(key, FIRST, r -> {});
      boolean create = refusesComplete(key, true);
      boolean match = refusesComplete(key, false);
      return new S3Traits(
          false, create, none.matchOnPut(), match, false, false, false, false, false);
    } catch (StorageException e) {
      if (isAnswer(e)) {
        return S3Traits.NONE;
      }
      throw e;
    } finally {
      store.removeQuietly(key, call);
    }
  }

  private boolean refusesComplete(String key, boolean create) throws StorageException {
    String bucket = store.bucket();
    String upload = run(c -> c.createMultipartUpload(r -> r.bucket(bucket).key(key))).uploadId();
    String tag =
        run(c ->
                c.uploadPart(
                    r -> r.bucket(bucket).key(key).uploadId(upload).partNumber(1), body("p")))
            .eTag();
    boolean refused =
        refuses(
            c ->
                c.completeMultipartUpload(
                    r ->
                        r.bucket(bucket)
                            .key(key)
                            .uploadId(upload)
                            .ifNoneMatch(create ? "*" : null)
                            .ifMatch(create ? null : quoted(STALE))
                            .multipartUpload(
                                m ->
                                    m.parts(
                                        List.of(
                                            CompletedPart.builder()
                                                .partNumber(1)
                                                .eTag(tag)
                                                .build())))));
    if (refused) {
      run(c -> c.abortMultipartUpload(r -> r.bucket(bucket).key(key).uploadId(upload)));
    }
    return refused;
  }

  private S3Traits sums(S3Traits none) throws StorageException {
    String key = store.keys().probe(id + "-sums");
    boolean versioned = isVersioned();
    boolean returned = false;
    try {
      returned = returnsFullSum(key);
    } catch (StorageException e) {
      if (!isAnswer(e)) {
        throw e;
      }
      abortAll(key);
    } finally {
      store.removeQuietly(key, call);
    }
    return new S3Traits(
        false, false, none.matchOnPut(), false, false, false, returned, versioned, sortsUtf16());
  }

  /** Whether the service keeps the CRC-32C of parts and of what they are joined to. */
  private boolean returnsFullSum(String key) throws StorageException {
    String sum =
        S3Meta.base64(Crc32c.of(ByteBuffer.wrap(FIRST.getBytes(StandardCharsets.US_ASCII))));
    S3Multipart multipart = new S3Multipart(store);
    S3Traits summing =
        new S3Traits(
            false, false, S3Traits.MatchForm.NONE, false, false, false, true, false, false);
    if (!multipart.sums(summing)) {
      return false;
    }
    S3Meta meta = new S3Meta(id.replace("-", ""), List.of(), Map.of(), S3Meta.Sidecar.NONE);
    S3Multipart.Begun begun = multipart.create(key, S3Meta.NO_TYPE, meta, summing, call);
    Chunk chunk = Chunk.wrap(ByteBuffer.wrap(FIRST.getBytes(StandardCharsets.US_ASCII)));
    String tag = multipart.send(key, begun.uploadId(), 1, chunk, new S3Exchanges(), call).eTag();
    S3Parts listed = new S3Parts(store.options().partSize());
    multipart.list(key, begun.uploadId(), listed, call);
    S3Parts.Part part = listed.get(1);
    if (part == null || part.crc32c() == null) {
      multipart.abort(key, begun.uploadId(), call);
      return false;
    }
    multipart.complete(
        key,
        begun.uploadId(),
        List.of(CompletedPart.builder().partNumber(1).eTag(tag).build()),
        sum,
        null,
        summing,
        call);
    return store
        .head(key, call)
        .flatMap(head -> S3Meta.serviceSum(head.checksumCRC32C(), head.checksumType()))
        .isPresent();
  }

  private void abortAll(String key) throws StorageException {
    var uploads = run(c -> c.listMultipartUploads(r -> r.bucket(store.bucket()).prefix(key)));
    for (var upload : uploads.uploads()) {
      run(
          c ->
              c.abortMultipartUpload(
                  r -> r.bucket(store.bucket()).key(key).uploadId(upload.uploadId())));
    }
  }

  /** Whether the store lists a character beyond U+FFFF before one below. */
  private boolean sortsUtf16() throws StorageException {
    String prefix = store.keys().probe(id + "-order-");
    List<String> names = List.of(prefix + "\uFFFD", prefix + Character.toString(0x1F600));
    try {
      for (String name : names) {
        put(name, FIRST, r -> {});
      }
      List<S3Object> listed =
          run(c ->
                  c.listObjectsV2(
                      r -> r.bucket(store.bucket()).prefix(prefix).encodingType(EncodingType.URL)))
              .contents();
      return listed.size() == 2 && listed.get(0).key().equals(names.get(1));
    } catch (StorageException e) {
      if (isAnswer(e)) {
        return false;
      }
      throw e;
    } finally {
      names.forEach(name -> store.removeQuietly(name, call));
    }
  }

  private boolean isVersioned() throws StorageException {
    try {
      GetBucketVersioningResponse answer =
          run(c -> c.getBucketVersioning(r -> r.bucket(store.bucket())));
      return answer.status() != null;
    } catch (StorageException e) {
      if (isAnswer(e)) {
        return false;
      }
      throw e;
    }
  }

  private PutObjectResponse put(
      String key, String text, java.util.function.Consumer<PutObjectRequest.Builder> more)
      throws StorageException {
    return run(c -> c.putObject(request(key, more), body(text)));
  }

  private PutObjectRequest request(
      String key, java.util.function.Consumer<PutObjectRequest.Builder> more) {
    PutObjectRequest.Builder request = PutObjectRequest.builder().bucket(store.bucket()).key(key);
    store.encryption().apply(request);
    more.accept(request);
    return request.build();
  }

  /** Whether a write on a condition that does not hold is refused for it. */
  private boolean refuses(Function<S3Client, ?> write) throws StorageException {
    try {
      run(write);
      return false;
    } catch (StorageException e) {
      if (e.kind() == ErrorKind.PRECONDITION_FAILED) {
        return true;
      }
      if (isAnswer(e)) {
        return false;
      }
      throw e;
    }
  }

  private <T> T run(Function<S3Client, T> action) throws StorageException {
    return store.sessions().run(call, action);
  }

  /** Whether a failure is an answer about the request, and not about the store's state. */
  private static boolean isAnswer(StorageException failure) {
    int status = failure.httpStatus().orElse(0);
    return status == 501
        || status == 400
        || status == 403
        || status == 405
        || failure.kind() == ErrorKind.NOT_FOUND;
  }

  static String quoted(String tag) {
    return '"' + tag + '"';
  }

  private static RequestBody body(String text) {
    return RequestBody.fromString(text, StandardCharsets.US_ASCII);
  }

  private static String md5() {
    try {
      byte[] digest =
          MessageDigest.getInstance("MD5").digest(FIRST.getBytes(StandardCharsets.US_ASCII));
      return HexFormat.of().formatHex(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has MD5", e);
    }
  }
}
