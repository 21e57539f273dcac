package io.diskmap.s3;

import io.diskmap.Checksum;
import io.diskmap.ErrorKind;
import io.diskmap.FileMetadata;
import io.diskmap.StorageException;
import io.diskmap.StoragePath;
import io.diskmap.WriteCondition;
import io.diskmap.spi.Call;
import io.diskmap.spi.Chunk;
import io.diskmap.spi.CommitRequest;
import io.diskmap.spi.WriteRequest;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.http.SdkHttpResponse;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;

/** Saves a whole file in one PUT, on a condition where it is asked for. Thread-safe. */
final class S3Puts {
  private final S3Store store;
  private final S3Conflicts conflicts;

  S3Puts(S3Store store, S3Conflicts conflicts) {
    this.store = store;
    this.conflicts = conflicts;
  }

  /** Saves a chunk, which stays the caller's, as the file. */
  FileMetadata put(
      StoragePath path, Chunk content, CommitRequest commit, WriteRequest request, S3Traits traits)
      throws StorageException {
    Call call = commit.call();
    requireHonoured(request, traits);
    String key = store.keys().file(path);
    if (content.length() != commit.length()) {
      throw StorageException.of(
          ErrorKind.LENGTH_MISMATCH,
          "The content has %d bytes and the commit names %d."
              .formatted(content.length(), commit.length()));
    }
    List<Checksum> sums = S3Sums.ofWhole(content, commit, request);
    conflicts.requireNone(path, call);
    S3Meta meta = meta(path, request, sums, call);
    PutObjectRequest.Builder put =
        PutObjectRequest.builder()
            .bucket(store.bucket())
            .key(key)
            .contentLength((long) content.length())
            .contentType(request.contentType().orElse(S3Meta.NO_TYPE))
            .metadata(meta.write())
            .overrideConfiguration(S3Sessions.transfer());
    store.encryption().apply(put);
    switch (store.options().checksum()) {
      case CRC32C -> put.checksumCRC32C(S3Meta.base64(content.crc32c()));
      case MD5 -> put.contentMD5(S3Sums.md5Base64(content));
      case NONE -> {}
    }
    switch (request.condition().kind()) {
      case NONE -> {}
      case IF_ABSENT -> put.ifNoneMatch("*");
      case IF_MATCH -> put.ifMatch(traits.match(request.condition().tag().orElseThrow().value()));
    }
    PutObjectRequest built = put.build();
    return S3Settle.publish(
        store,
        path,
        request.withCall(call),
        () -> send(built, content, path, commit, request, meta.with(sums, request.attributes())));
  }

  private FileMetadata send(
      PutObjectRequest put,
      Chunk content,
      StoragePath path,
      CommitRequest commit,
      WriteRequest request,
      S3Meta meta)
      throws StorageException {
    Call call = commit.call();
    long sent = System.nanoTime();
    SdkHttpResponse answer = store.sessions().put(call, put, content);
    long received = System.nanoTime();
    Instant date = S3Store.date(answer);
    String eTag = answer.firstMatchingHeader("ETag").orElse(null);
    Optional<Instant> second = store.sessions().clock().second(sent, received);
    FileMetadata told =
        meta.file(
            path, commit.length(), second.orElse(date), eTag, request.contentType().orElse(null));
    return second.isPresent() && told.versionTag().strong()
        ? told
        : confirmed(path, request, meta, commit.length(), eTag, date, call);
  }

  /** The metadata of a new object; a sidecar is written first where it needs one. */
  S3Meta meta(StoragePath path, WriteRequest request, List<Checksum> sums, Call call)
      throws StorageException {
    boolean fits = S3Meta.fits(request.attributes());
    S3Meta meta =
        new S3Meta(
            request.writeId(),
            sums,
            request.attributes(),
            fits ? S3Meta.Sidecar.NONE : S3Meta.Sidecar.ATTRIBUTES);
    if (!fits) {
      S3Sidecars.write(store, path, meta, call);
    }
    return meta;
  }

  /** What the store says of a file that was just published, or what its answer tells. */
  FileMetadata confirmed(
      StoragePath path,
      WriteRequest request,
      S3Meta meta,
      long size,
      @Nullable String eTag,
      Instant answered,
      Call call)
      throws StorageException {
    FileMetadata told = meta.file(path, size, answered, eTag, request.contentType().orElse(null));
    if (!store.options().confirmSaves() && told.versionTag().strong()) {
      return told;
    }
    return own(path, request, call).map(head -> file(path, meta, head)).orElse(told);
  }

  /** The new file as the store shows it. */
  static FileMetadata file(StoragePath path, S3Meta meta, HeadObjectResponse head) {
    return meta.file(
        path, head.contentLength(), head.lastModified(), head.eTag(), head.contentType());
  }

  /** What the store shows of the file that a save has made, none where it is another's already. */
  Optional<HeadObjectResponse> own(StoragePath path, WriteRequest request, Call call) {
    return look(path, call)
        .filter(head -> S3Meta.read(head.metadata()).writeId().equals(request.writeId()));
  }

  /**
   * The new object's headers; none where the store cannot tell, as the file is saved all the same.
   */
  private Optional<HeadObjectResponse> look(StoragePath path, Call call) {
    for (int attempt = 0; attempt < 3; attempt++) {
      try {
        return store.head(store.keys().file(path), call);
      } catch (StorageException e) {
        if (call.isEnded()) {
          return Optional.empty();
        }
      }
    }
    return Optional.empty();
  }

  /** Refuses a condition that the store ignores on a PUT. */
  private static void requireHonoured(WriteRequest request, S3Traits traits)
      throws StorageException {
    WriteCondition.Kind kind = request.condition().kind();
    boolean held =
        switch (kind) {
          case NONE -> true;
          case IF_ABSENT -> traits.createOnPut();
          case IF_MATCH -> traits.matchOnPut() != S3Traits.MatchForm.NONE;
        };
    if (!held) {
      throw StorageException.of(
          ErrorKind.UNSUPPORTED,
          "The store does not hold the condition %s on a PUT, so it is refused.".formatted(kind));
    }
  }

  /** An empty file. */
  FileMetadata putEmpty(
      StoragePath path, CommitRequest commit, WriteRequest request, S3Traits traits)
      throws StorageException {
    Chunk empty = Chunk.wrap(java.nio.ByteBuffer.allocate(0));
    return put(path, empty, commit, request, traits);
  }
}
