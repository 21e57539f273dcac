package io.diskmap.s3;

import io.diskmap.Checksum;
import io.diskmap.FileMetadata;
import io.diskmap.StorageException;
import io.diskmap.StoragePath;
import io.diskmap.WriteCondition;
import io.diskmap.spi.Call;
import io.diskmap.spi.Chunk;
import io.diskmap.spi.CommitRequest;
import io.diskmap.spi.WriteRequest;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import software.amazon.awssdk.services.s3.model.CompleteMultipartUploadResponse;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.CopyObjectRequest;
import software.amazon.awssdk.services.s3.model.CopyObjectResponse;
import software.amazon.awssdk.services.s3.model.MetadataDirective;
import software.amazon.awssdk.services.s3.model.UploadPartCopyRequest;

/**
 * Publishes what an object holds under another path, on the server.
 *
 * <p>Thread-safe. A copy has a write id and metadata of its own. No store that was tried holds a
 * condition on a copy, so with one the copy is the end of a multipart upload, or a PUT where it is
 * small.
 */
final class S3Copies {
  private static final long LONGEST_PART = 512L * 1024 * 1024;

  /** What is copied, of which version. */
  record Source(String key, long size, Optional<String> eTag) {}

  private final S3Store store;
  private final S3Multipart multipart;
  private final S3Puts puts;

  S3Copies(S3Store store, S3Multipart multipart, S3Puts puts) {
    this.store = store;
    this.multipart = multipart;
    this.puts = puts;
  }

  /** Publishes the source at the path with these checksums, as the request asks. */
  FileMetadata publish(
      Source source, StoragePath target, WriteRequest request, List<Checksum> sums, S3Traits traits)
      throws StorageException {
    if (request.condition().kind() == WriteCondition.Kind.NONE
        && source.size() <= store.options().copyAtOnce()) {
      return copyAtOnce(source, target, request, sums);
    }
    if (source.size() <= store.options().partSize()) {
      return throughHere(source, target, request, traits);
    }
    S3Multipart.requireHonoured(target, request, traits);
    return copyInParts(source, target, request, sums, traits);
  }

  private FileMetadata copyAtOnce(
      Source source, StoragePath target, WriteRequest request, List<Checksum> sums)
      throws StorageException {
    Call call = request.call();
    S3Meta meta = puts.meta(target, request, sums, call);
    CopyObjectRequest.Builder copy =
        CopyObjectRequest.builder()
            .sourceBucket(store.bucket())
            .sourceKey(source.key())
            .destinationBucket(store.bucket())
            .destinationKey(store.keys().file(target))
            .metadataDirective(MetadataDirective.REPLACE)
            .contentType(request.contentType().orElse(S3Meta.NO_TYPE))
            .metadata(meta.write())
            .overrideConfiguration(S3Sessions.transfer());
    source.eTag().ifPresent(tag -> copy.copySourceIfMatch(S3Probe.quoted(tag)));
    store.encryption().apply(copy);
    CopyObjectRequest built = copy.build();
    return S3Settle.publish(
        store, target, request, () -> copyOnce(built, source, target, request, meta));
  }

  private FileMetadata copyOnce(
      CopyObjectRequest copy, Source source, StoragePath target, WriteRequest request, S3Meta meta)
      throws StorageException {
    Call call = request.call();
    Future<CopyObjectResponse> running =
        store
            .sessions()
            .submit(() -> store.sessions().run(call, client -> client.copyObject(copy)));
    CopyObjectResponse answer = S3Tasks.patiently(running, call);
    return puts.confirmed(
        target,
        request,
        meta,
        source.size(),
        answer.copyObjectResult().eTag(),
        S3Store.date(answer.sdkHttpResponse()),
        call);
  }

  private FileMetadata throughHere(
      Source source, StoragePath target, WriteRequest request, S3Traits traits)
      throws StorageException {
    byte[] content = S3Content.bytes(store, source, request.call());
    Chunk chunk = Chunk.wrap(ByteBuffer.wrap(content));
    CommitRequest commit = new CommitRequest(content.length, List.of(), request.call());
    return puts.put(target, chunk, commit, request, traits);
  }

  private FileMetadata copyInParts(
      Source source, StoragePath target, WriteRequest request, List<Checksum> sums, S3Traits traits)
      throws StorageException {
    Call call = request.call();
    String key = store.keys().file(target);
    S3Meta meta = puts.meta(target, request, sums, call);
    String type = request.contentType().orElse(S3Meta.NO_TYPE);
    S3Multipart.Begun begun = multipart.create(key, type, meta, traits, call);
    boolean completed = false;
    try {
      List<CompletedPart> parts = copyParts(source, key, begun.uploadId(), call);
      CompleteMultipartUploadResponse answer =
          multipart.complete(key, begun.uploadId(), parts, null, request, traits, call);
      completed = true;
      return puts.confirmed(
          target,
          request,
          meta,
          source.size(),
          answer.eTag(),
          S3Store.date(answer.sdkHttpResponse()),
          call);
    } catch (StorageException e) {
      FileMetadata file = S3Settle.after(store, target, request, e);
      completed = true;
      return file;
    } finally {
      if (!completed) {
        abortQuietly(key, begun.uploadId(), call);
      }
    }
  }

  private void abortQuietly(String key, String uploadId, Call call) {
    store.sessions().leftovers().now(own -> multipart.abort(key, uploadId, own), call.context());
  }

  private List<CompletedPart> copyParts(Source source, String key, String uploadId, Call call)
      throws StorageException {
    Semaphore window = new Semaphore(store.options().parallelism());
    List<Future<CompletedPart>> running = new ArrayList<>();
    int number = 1;
    long length = partLength(source.size());
    for (long offset = 0; offset < source.size(); offset += length, number++) {
      UploadPartCopyRequest built = part(source, key, uploadId, number, offset, length);
      running.add(
          store
              .sessions()
              .submit(
                  () -> {
                    window.acquire();
                    try {
                      var answer =
                          store.sessions().run(call, client -> client.uploadPartCopy(built));
                      return CompletedPart.builder()
                          .partNumber(built.partNumber())
                          .eTag(answer.copyPartResult().eTag())
                          .build();
                    } finally {
                      window.release();
                    }
                  }));
    }
    List<CompletedPart> parts = new ArrayList<>();
    StorageException first = null;
    for (Future<CompletedPart> part : running) {
      try {
        parts.add(S3Tasks.patiently(part, call));
      } catch (StorageException e) {
        first = first == null ? e : first;
      }
    }
    if (first != null) {
      throw first;
    }
    return parts;
  }

  /** How long parts are: as the option says, longer where a store would not take as many. */
  private long partLength(long size) {
    long wanted = Math.min(LONGEST_PART, store.options().copyAtOnce());
    return Math.max(wanted, (size + S3Parts.MOST - 1) / S3Parts.MOST);
  }

  private UploadPartCopyRequest part(
      Source source, String key, String uploadId, int number, long offset, long length) {
    UploadPartCopyRequest.Builder request =
        UploadPartCopyRequest.builder()
            .sourceBucket(store.bucket())
            .sourceKey(source.key())
            .destinationBucket(store.bucket())
            .destinationKey(key)
            .uploadId(uploadId)
            .partNumber(number)
            .overrideConfiguration(S3Sessions.transfer());
    if (source.size() > length) {
      long last = Math.min(source.size(), offset + length) - 1;
      request.copySourceRange("bytes=" + offset + "-" + last);
    }
    source.eTag().ifPresent(tag -> request.copySourceIfMatch(S3Probe.quoted(tag)));
    store.encryption().apply(request);
    return request.build();
  }
}
