package io.diskmap.s3;

import io.diskmap.ErrorKind;
import io.diskmap.StorageException;
import io.diskmap.StoragePath;
import io.diskmap.spi.Call;
import io.diskmap.spi.Chunk;
import io.diskmap.spi.WriteRequest;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.s3.model.ChecksumAlgorithm;
import software.amazon.awssdk.services.s3.model.ChecksumType;
import software.amazon.awssdk.services.s3.model.CompleteMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.CompleteMultipartUploadResponse;
import software.amazon.awssdk.services.s3.model.CompletedMultipartUpload;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.CreateMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.CreateMultipartUploadResponse;
import software.amazon.awssdk.services.s3.model.ListPartsRequest;
import software.amazon.awssdk.services.s3.model.ListPartsResponse;
import software.amazon.awssdk.services.s3.model.UploadPartRequest;
import software.amazon.awssdk.services.s3.model.UploadPartResponse;

/** The requests of multipart uploads. Thread-safe. */
final class S3Multipart {
  private final S3Store store;

  S3Multipart(S3Store store) {
    this.store = store;
  }

  /**
   * An upload that has begun.
   *
   * @param uploadId the store's name of it
   * @param at when, by the store's clock
   * @param asked a moment before, of {@link System#nanoTime}
   */
  record Begun(String uploadId, Instant at, long asked) {}

  Begun create(String key, String contentType, S3Meta meta, S3Traits traits, Call call)
      throws StorageException {
    CreateMultipartUploadRequest.Builder request =
        CreateMultipartUploadRequest.builder()
            .bucket(store.bucket())
            .key(key)
            .contentType(contentType)
            .metadata(meta.write());
    if (sums(traits)) {
      request.checksumAlgorithm(ChecksumAlgorithm.CRC32_C).checksumType(ChecksumType.FULL_OBJECT);
    }
    store.encryption().apply(request);
    CreateMultipartUploadRequest built = request.build();
    long asked = System.nanoTime();
    CreateMultipartUploadResponse answer =
        store.sessions().run(call, client -> client.createMultipartUpload(built));
    return new Begun(answer.uploadId(), S3Store.date(answer.sdkHttpResponse()), asked);
  }

  /** Whether the service itself keeps the checksum of what it completes. */
  boolean sums(S3Traits traits) {
    return traits.returnsChecksums() && store.options().checksum() == S3Options.ChecksumMode.CRC32C;
  }

  /** An acknowledged part. */
  record Sent(String eTag, Instant at) {}

  Sent send(String key, String uploadId, int number, Chunk chunk, S3Exchanges owner, Call call)
      throws StorageException {
    UploadPartRequest.Builder request =
        UploadPartRequest.builder()
            .bucket(store.bucket())
            .key(key)
            .uploadId(uploadId)
            .partNumber(number)
            .contentLength((long) chunk.length())
            .overrideConfiguration(S3Sessions.transfer());
    store.encryption().apply(request);
    switch (store.options().checksum()) {
      case CRC32C -> request.checksumCRC32C(S3Meta.base64(chunk.crc32c()));
      case MD5 -> request.contentMD5(S3Sums.md5Base64(chunk));
      case NONE -> {}
    }
    UploadPartRequest built = request.build();
    UploadPartResponse answer =
        store.sessions().run(call, owner, client -> client.uploadPart(built, S3Body.of(chunk)));
    return new Sent(S3Meta.bare(answer.eTag()), S3Store.date(answer.sdkHttpResponse()));
  }

  /** What the store holds of an upload, and when the last part came; NOT_FOUND once it is gone. */
  Optional<Instant> list(String key, String uploadId, S3Parts into, Call call)
      throws StorageException {
    Instant last = null;
    Integer marker = null;
    while (true) {
      Integer after = marker;
      ListPartsRequest.Builder request =
          ListPartsRequest.builder()
              .bucket(store.bucket())
              .key(key)
              .uploadId(uploadId)
              .partNumberMarker(after);
      store.encryption().apply(request);
      ListPartsRequest built = request.build();
      ListPartsResponse page = store.sessions().run(call, client -> client.listParts(built));
      for (software.amazon.awssdk.services.s3.model.Part part : page.parts()) {
        into.put(
            part.partNumber(),
            new S3Parts.Part(part.size(), crc32c(part.checksumCRC32C()), S3Meta.bare(part.eTag())));
        if (part.lastModified() != null && (last == null || part.lastModified().isAfter(last))) {
          last = part.lastModified();
        }
      }
      marker = page.nextPartNumberMarker();
      if (!Boolean.TRUE.equals(page.isTruncated()) || page.parts().isEmpty() || marker == null) {
        return Optional.ofNullable(last);
      }
      call.progressed();
    }
  }

  private static @Nullable Integer crc32c(@Nullable String base64) {
    if (base64 == null || base64.contains("-")) {
      return null;
    }
    byte[] bytes = Base64.getDecoder().decode(base64);
    return bytes.length == 4 ? ByteBuffer.wrap(bytes).getInt() : null;
  }

  /** Ends an upload as the object; on the request's condition where there is one. */
  CompleteMultipartUploadResponse complete(
      String key,
      String uploadId,
      List<CompletedPart> parts,
      @Nullable String fullCrc32c,
      @Nullable WriteRequest condition,
      S3Traits traits,
      Call call)
      throws StorageException {
    CompleteMultipartUploadRequest.Builder request =
        CompleteMultipartUploadRequest.builder()
            .bucket(store.bucket())
            .key(key)
            .uploadId(uploadId)
            .multipartUpload(CompletedMultipartUpload.builder().parts(parts).build())
            .overrideConfiguration(S3Sessions.transfer());
    store.encryption().apply(request);
    if (fullCrc32c != null && sums(traits)) {
      request.checksumCRC32C(fullCrc32c).checksumType(ChecksumType.FULL_OBJECT);
    }
    if (condition != null) {
      switch (condition.condition().kind()) {
        case NONE -> {}
        case IF_ABSENT -> request.ifNoneMatch("*");
        case IF_MATCH ->
            request.ifMatch(traits.match(condition.condition().tag().orElseThrow().value()));
      }
    }
    CompleteMultipartUploadRequest built = request.build();
    var running =
        store
            .sessions()
            .submit(
                () -> store.sessions().run(call, client -> client.completeMultipartUpload(built)));
    return S3Tasks.patiently(running, call);
  }

  /** Ends an upload with nothing; nothing to do where it is gone. */
  void abort(String key, String uploadId, Call call) throws StorageException {
    try {
      store
          .sessions()
          .run(
              call,
              client ->
                  client.abortMultipartUpload(
                      r -> r.bucket(store.bucket()).key(key).uploadId(uploadId)));
    } catch (StorageException e) {
      if (e.kind() != ErrorKind.NOT_FOUND) {
        throw e;
      }
    }
  }

  /** Refuses a condition that the store ignores at the end of a multipart upload. */
  static void requireHonoured(StoragePath path, WriteRequest request, S3Traits traits)
      throws StorageException {
    boolean held =
        switch (request.condition().kind()) {
          case NONE -> true;
          case IF_ABSENT -> traits.createOnComplete();
          case IF_MATCH -> traits.matchOnComplete();
        };
    if (!held) {
      throw StorageException.of(
          ErrorKind.UNSUPPORTED,
          "The store ignores the condition %s on a file of several parts, so it is refused; a file"
                  .formatted(request.condition().kind())
              + " of at most part_size is saved in one request, where the store may hold it.");
    }
  }
}
