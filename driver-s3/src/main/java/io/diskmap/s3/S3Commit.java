package io.diskmap.s3;

import io.diskmap.Checksum;
import io.diskmap.ChecksumAlgorithm;
import io.diskmap.ErrorKind;
import io.diskmap.FileMetadata;
import io.diskmap.StorageException;
import io.diskmap.WriteCondition;
import io.diskmap.spi.Call;
import io.diskmap.spi.CommitRequest;
import io.diskmap.spi.WriteRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicReference;
import software.amazon.awssdk.services.s3.model.CompleteMultipartUploadResponse;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;

/**
 * Ends multipart uploads: as the file, or with nothing.
 *
 * <p>Thread-safe. An upload whose SHA-256 is asked for is completed under a key of its own, read
 * there unless the core has the sum, and copied to its path by the store; every other one is
 * completed at its path.
 */
final class S3Commit {
  private static final int ATTEMPTS = 4;
  private static final Duration PAUSE = Duration.ofMillis(200);

  /** What was seen of the tags that a store answers to the end of an upload. */
  private enum Tags {
    UNKNOWN,
    SAME,
    OTHER
  }

  private final AtomicReference<Tags> tags = new AtomicReference<>(Tags.UNKNOWN);
  private final S3Store store;
  private final S3Multipart multipart;
  private final S3Conflicts conflicts;
  private final S3Puts puts;
  private final S3Copies copies;

  S3Commit(
      S3Store store, S3Multipart multipart, S3Conflicts conflicts, S3Puts puts, S3Copies copies) {
    this.store = store;
    this.multipart = multipart;
    this.conflicts = conflicts;
    this.puts = puts;
    this.copies = copies;
  }

  /** The key that an upload is completed under. */
  String uploadKey(S3Records.Open upload) {
    return upload.staged()
        ? store.keys().staged(upload.request().writeId())
        : store.keys().root() + upload.path().value();
  }

  /**
   * How far an upload has come.
   *
   * @param parts what the store holds, which is the whole content
   * @param assembled whether the parts are one object under the upload's own key already
   * @param lastSeen the date of the last answer about it
   * @param sidecarWritten whether its sidecar is there
   * @param asked a moment before it began, of {@link System#nanoTime}, where this process began it
   */
  record Progress(
      S3Parts parts,
      boolean assembled,
      Instant lastSeen,
      boolean sidecarWritten,
      OptionalLong asked) {}

  /** Publishes the parts. */
  FileMetadata commit(
      S3Records.Open upload, Progress progress, S3Traits traits, CommitRequest commit)
      throws StorageException {
    Call call = commit.call();
    WriteRequest request = upload.request().withCall(call);
    requireYoung(upload, progress.lastSeen());
    FileMetadata file;
    if (commit.length() == 0) {
      file = puts.putEmpty(upload.path(), commit, request, traits);
      multipart.abort(uploadKey(upload), upload.uploadId(), call);
    } else if (upload.staged()) {
      file = publishStaged(upload, progress.parts(), progress.assembled(), traits, commit, request);
    } else {
      conflicts.requireNone(upload.path(), call);
      file = publish(upload, progress, traits, commit, request);
    }
    finish(upload, file, commit);
    return file;
  }

  private void requireYoung(S3Records.Open upload, Instant lastSeen) throws StorageException {
    Duration most = store.options().uploadMaxAge();
    if (Duration.between(upload.begun(), lastSeen).compareTo(most) > 0) {
      throw StorageException.builder(
              ErrorKind.TIMEOUT,
              "The upload began longer ago than upload_max_age (%s), so its file could be born old;"
                      .formatted(most)
                  + " begin another.")
          .attempt(1)
          .build();
    }
  }

  private FileMetadata publish(
      S3Records.Open upload,
      Progress progress,
      S3Traits traits,
      CommitRequest commit,
      WriteRequest request)
      throws StorageException {
    Call call = commit.call();
    S3Parts parts = progress.parts();
    Optional<Checksum> joined = parts.crc32c();
    S3Meta meta = meta(joined, traits, commit, request);
    if (meta.sidecar() != S3Meta.Sidecar.NONE && !progress.sidecarWritten()) {
      S3Sidecars.write(store, upload.path(), meta, call);
    }
    String crc =
        joined.map(sum -> S3Meta.base64(Integer.parseUnsignedInt(sum.hex(), 16))).orElse(null);
    Duration pause = PAUSE;
    for (int attempt = 1; ; attempt++) {
      try {
        CompleteMultipartUploadResponse answer =
            multipart.complete(
                uploadKey(upload),
                upload.uploadId(),
                parts.completed(),
                crc,
                request,
                traits,
                call);
        return published(upload, progress, meta, commit.length(), answer, request);
      } catch (StorageException e) {
        Optional<FileMetadata> settled = settle(upload, request, e, attempt);
        if (settled.isPresent()) {
          return settled.get();
        }
        if (attempt >= ATTEMPTS || call.isEnded()) {
          throw e;
        }
        call.pause(pause);
        pause = pause.multipliedBy(2);
      }
    }
  }

  /**
   * The new file. A store dates it by a moment between the beginning of its upload and the end, so
   * where all that is one second of the store's clock, and the store gives a file of several parts
   * the tag that it answered, as it was seen to, nothing is left to ask.
   */
  private FileMetadata published(
      S3Records.Open upload,
      Progress progress,
      S3Meta meta,
      long size,
      CompleteMultipartUploadResponse answer,
      WriteRequest request)
      throws StorageException {
    String type = request.contentType().orElse(null);
    Instant answered = S3Store.date(answer.sdkHttpResponse());
    FileMetadata told = meta.file(upload.path(), size, answered, answer.eTag(), type);
    boolean strong = told.versionTag().strong();
    if (strong && !store.options().confirmSaves()) {
      return told;
    }
    if (strong && progress.asked().isPresent() && tags.get() == Tags.SAME) {
      Optional<Instant> second =
          store.sessions().clock().second(progress.asked().getAsLong(), System.nanoTime());
      if (second.isPresent()) {
        return meta.file(upload.path(), size, second.get(), answer.eTag(), type);
      }
    }
    Optional<HeadObjectResponse> head = puts.own(upload.path(), request, request.call());
    if (head.isEmpty()) {
      return told;
    }
    FileMetadata file = S3Puts.file(upload.path(), meta, head.get());
    boolean same = file.versionTag().matches(told.versionTag());
    tags.updateAndGet(known -> same && known != Tags.OTHER ? Tags.SAME : Tags.OTHER);
    return file;
  }

  private S3Meta meta(
      Optional<Checksum> joined, S3Traits traits, CommitRequest commit, WriteRequest request)
      throws StorageException {
    List<Checksum> sums = S3Sums.checked(joined, Optional.empty(), commit, request);
    return new S3Meta(request.writeId(), sums, request.attributes(), sidecar(request, traits));
  }

  /** Whether all that the sidecar of an upload holds is known before its last part is there. */
  boolean knowsSidecar(S3Records.Open upload, S3Traits traits, CommitRequest commit) {
    return !upload.staged()
        && commit.length() > 0
        && commit.computed(ChecksumAlgorithm.CRC32C).isPresent()
        && sidecar(upload.request(), traits) != S3Meta.Sidecar.NONE;
  }

  /** Writes a sidecar that is known, of what was sent; the parts are compared before the end. */
  void writeSidecar(S3Records.Open upload, S3Traits traits, CommitRequest commit)
      throws StorageException {
    WriteRequest request = upload.request().withCall(commit.call());
    S3Meta meta = meta(Optional.empty(), traits, commit, request);
    S3Sidecars.write(store, upload.path(), meta, commit.call());
  }

  /** What of a file stands in its sidecar; decided when the upload begins. */
  private S3Meta.Sidecar sidecar(WriteRequest request, S3Traits traits) {
    if (!S3Meta.fits(request.attributes())) {
      return S3Meta.Sidecar.ATTRIBUTES;
    }
    return multipart.sums(traits) ? S3Meta.Sidecar.NONE : S3Meta.Sidecar.SUMS;
  }

  /**
   * The file where it was published, none where the upload still stands; else what it means. An
   * upload that is gone at a further attempt may be one that an earlier attempt completed and
   * another save has replaced.
   */
  private Optional<FileMetadata> settle(
      S3Records.Open upload, WriteRequest request, StorageException failure, int attempt)
      throws StorageException {
    if (S3Settle.neverBegan(failure)) {
      throw failure;
    }
    boolean interrupted = Thread.interrupted();
    try {
      Call own = store.sessions().ownCall(request.call());
      Optional<FileMetadata> ours = S3Settle.ours(store, upload.path(), request.writeId(), own);
      if (ours.isPresent()) {
        multipart.abort(uploadKey(upload), upload.uploadId(), own);
        return ours;
      }
      if (failure.kind() == ErrorKind.PRECONDITION_FAILED) {
        throw S3Settle.conditionFailed(request, failure);
      }
      if (failure.kind() == ErrorKind.NOT_FOUND
          && request.condition().kind() == WriteCondition.Kind.IF_MATCH) {
        throw S3Settle.conditionFailed(request, failure);
      }
      if (failure.kind() == ErrorKind.NOT_FOUND && attempt > 1) {
        throw S3Settle.unknown(failure);
      }
      if (S3Settle.isRefusal(failure)) {
        throw failure;
      }
      if (!stands(upload, own)) {
        throw S3Settle.unknown(failure);
      }
      return Optional.empty();
    } catch (StorageException e) {
      boolean decided = S3Settle.isRefusal(failure) || e == failure;
      if (decided || e.kind() == ErrorKind.OUTCOME_UNKNOWN) {
        throw isLook(e) ? failure : e;
      }
      throw S3Settle.unknown(failure);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Whether a failure is one of looking, and says nothing of the commit. */
  private static boolean isLook(StorageException failure) {
    return failure.kind().isTransient();
  }

  private boolean stands(S3Records.Open upload, Call call) throws StorageException {
    try {
      multipart.list(uploadKey(upload), upload.uploadId(), new S3Parts(upload.chunkSize()), call);
      return true;
    } catch (StorageException e) {
      if (e.kind() == ErrorKind.NOT_FOUND) {
        return false;
      }
      throw e;
    }
  }

  private FileMetadata publishStaged(
      S3Records.Open upload,
      S3Parts parts,
      boolean assembled,
      S3Traits traits,
      CommitRequest commit,
      WriteRequest request)
      throws StorageException {
    Call call = commit.call();
    String staged = uploadKey(upload);
    Optional<Checksum> joined = parts.crc32c();
    if (!assembled) {
      assemble(upload, parts, traits, call);
    }
    Optional<Checksum> sha256 = commit.computed(ChecksumAlgorithm.SHA256);
    Optional<Checksum> crc32c = joined;
    if (sha256.isEmpty()) {
      S3Content.Sums read = S3Content.read(store, staged, call);
      if (read.length() != commit.length()) {
        throw StorageException.of(
            ErrorKind.LENGTH_MISMATCH, "The staged content is not as long as the file.");
      }
      sha256 = Optional.of(read.sha256());
      crc32c = Optional.of(read.crc32c());
    }
    List<Checksum> sums = S3Sums.checked(crc32c, sha256, commit, request);
    conflicts.requireNone(upload.path(), call);
    FileMetadata file =
        copies.publish(
            new S3Copies.Source(staged, commit.length(), Optional.empty()),
            upload.path(),
            request,
            sums,
            traits);
    store.removeQuietly(staged, call);
    return file;
  }

  /** Completes an upload under its own key; safe to repeat. */
  private void assemble(S3Records.Open upload, S3Parts parts, S3Traits traits, Call call)
      throws StorageException {
    try {
      multipart.complete(
          uploadKey(upload), upload.uploadId(), parts.completed(), null, null, traits, call);
    } catch (StorageException e) {
      if (store.head(uploadKey(upload), call).isEmpty()) {
        throw e;
      }
    }
  }

  /** Leaves the answer for a repeat; a save that the core drove is repeated by nobody. */
  private void finish(S3Records.Open upload, FileMetadata file, CommitRequest commit) {
    String writeId = upload.request().writeId();
    S3Leftovers leftovers = store.sessions().leftovers();
    if (!commit.computed().isEmpty()) {
      leftovers.soon(
          own -> store.remove(store.keys().upload(writeId), own), commit.call().context());
      return;
    }
    leftovers.now(
        own -> {
          store.writeText(
              store.keys().done(writeId), S3Records.text(file, upload.chunkSize()), own);
          store.remove(store.keys().upload(writeId), own);
        },
        commit.call().context());
  }

  /** Ends an upload with nothing and removes its record; after a tried commit its sidecar too. */
  void abort(S3Records.Open upload, boolean tried, Call call) throws StorageException {
    String key = uploadKey(upload);
    String writeId = upload.request().writeId();
    multipart.abort(key, upload.uploadId(), call);
    if (upload.staged()) {
      store.remove(key, call);
    }
    if (tried && S3Settle.ours(store, upload.path(), writeId, call).isEmpty()) {
      store.remove(store.keys().sidecar(upload.path(), writeId), call);
    }
    store.remove(store.keys().upload(writeId), call);
  }

  /** The metadata that an upload begins with. */
  S3Meta beginning(WriteRequest request, S3Traits traits) {
    Map<String, String> attributes =
        S3Meta.fits(request.attributes()) ? request.attributes() : Map.of();
    return new S3Meta(request.writeId(), List.of(), attributes, sidecar(request, traits));
  }
}
