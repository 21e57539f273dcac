package io.diskmap.internal.memory;

import io.diskmap.Checksum;
import io.diskmap.ChecksumAlgorithm;
import io.diskmap.ErrorKind;
import io.diskmap.FileMetadata;
import io.diskmap.StorageException;
import io.diskmap.StoragePath;
import io.diskmap.spi.CommitRequest;
import io.diskmap.spi.PendingUpload;
import io.diskmap.spi.UploadId;
import io.diskmap.spi.WriteRequest;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The unfinished saves of a memory disk, and the done-records of the finished ones.
 *
 * <p>Thread-safe. An id has at most one staged upload; beginning a save under an id that is staged
 * goes on with it.
 */
final class MemoryUploads {
  private final Map<String, MemoryUpload> staged = new ConcurrentHashMap<>();
  private final MemoryDone done = new MemoryDone();
  private final MemoryTree tree;
  private final MemorySpace space;
  private final Clock clock;
  private final int chunkSize;

  MemoryUploads(MemoryTree tree, MemorySpace space, Clock clock, int chunkSize) {
    this.tree = tree;
    this.space = space;
    this.clock = clock;
    this.chunkSize = chunkSize;
  }

  MemoryUpload begin(StoragePath path, WriteRequest request) throws StorageException {
    int size = request.chunkSize().orElse(chunkSize);
    MemoryUpload upload =
        staged.computeIfAbsent(
            request.writeId(), id -> new MemoryUpload(path, request, size, clock.instant()));
    if (!upload.path().equals(path)) {
      throw otherSave();
    }
    return upload;
  }

  Optional<MemoryUpload> find(UploadId id) {
    return Optional.ofNullable(staged.get(id.value()));
  }

  Optional<MemoryDone.Answer> finished(UploadId id) {
    return done.find(id.value(), clock.instant());
  }

  MemorySpace space() {
    return space;
  }

  Instant now() {
    return clock.instant();
  }

  /** Publishes what is staged, once; a repeat gives the same answer. */
  FileMetadata commit(MemoryUpload upload, CommitRequest commit) throws StorageException {
    WriteRequest request = upload.request();
    String id = request.writeId();
    upload.lock().lock();
    try {
      Optional<MemoryDone.Answer> before = done.find(id, clock.instant());
      if (upload.isEnded()) {
        return before.orElseThrow(MemoryUpload::gone).forLength(commit.length());
      }
      MemoryContent content = upload.content(commit.length());
      List<Checksum> checksums = MemoryChecks.verify(content, request, commit);
      if (before.isPresent()) {
        FileMetadata same = sameSave(before.get(), upload, content);
        abort(upload);
        return same;
      }
      MemoryFile file =
          tree.publish(
              upload.path(),
              request.condition(),
              (tag, now) ->
                  new MemoryFile(
                      content, now, tag, request.contentType(), checksums, request.attributes()));
      FileMetadata answer = file.metadata(upload.path());
      upload.end();
      done.put(id, new MemoryDone.Answer(answer, clock.instant()));
      staged.remove(id, upload);
      return answer;
    } finally {
      upload.lock().unlock();
    }
  }

  private static FileMetadata sameSave(
      MemoryDone.Answer before, MemoryUpload upload, MemoryContent content)
      throws StorageException {
    boolean same =
        before.metadata().path().equals(upload.path())
            && before.metadata().size() == content.length()
            && before
                .metadata()
                .checksum(ChecksumAlgorithm.CRC32C)
                .equals(Optional.of(Checksum.crc32c(content.crc32c())));
    if (!same) {
      throw otherSave();
    }
    return before.metadata();
  }

  void abort(MemoryUpload upload) {
    upload.abort(space);
    staged.remove(upload.request().writeId(), upload);
  }

  /** The uploads that had no chunk for this long. */
  List<PendingUpload> pending(Duration idleFor) {
    Instant latest = clock.instant().minus(idleFor);
    return staged.values().stream()
        .filter(upload -> !upload.lastActivity().isAfter(latest))
        .map(
            upload ->
                new PendingUpload(
                    new UploadId(upload.request().writeId()), upload.path(), upload.lastActivity()))
        .toList();
  }

  int count() {
    return staged.size();
  }

  void clear() {
    staged.values().forEach(this::abort);
  }

  private static StorageException otherSave() {
    return StorageException.of(
        ErrorKind.PRECONDITION_FAILED,
        "The write id belongs to another save; let the library make a new one.");
  }
}
