package io.diskmap.spi.staged;

import io.diskmap.Checksum;
import io.diskmap.ChecksumAlgorithm;
import io.diskmap.Durability;
import io.diskmap.ErrorKind;
import io.diskmap.FileMetadata;
import io.diskmap.StorageException;
import io.diskmap.spi.Call;
import io.diskmap.spi.CommitRequest;
import io.diskmap.spi.Crc32c;
import io.diskmap.spi.WriteRequest;
import io.diskmap.spi.record.Checks;
import io.diskmap.spi.record.Published;
import io.diskmap.spi.record.Sidecar;
import io.diskmap.spi.staged.UploadRecord.ChunkEntry;
import io.diskmap.spi.staged.UploadRecord.Ending;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;

/**
 * The end of a chunked save: check, date, make durable, publish, and keep the answer for a day.
 *
 * <p>For one commit. What is about to be published stands in the record before, so that whoever
 * commits again after a kill tells by the hidden name how the first attempt ended.
 */
final class StagedCommit {
  private final StagedDisk disk;
  private final UploadRecord record;
  private final ReopeningFile file;
  private final StagedContent content;
  private final WriteRequest request;
  private Optional<RemoteStat> old = Optional.empty();

  /**
   * What the committing writer knows by itself.
   *
   * @param chunks the chunks that it has written
   * @param resumed whether others may have written some before
   * @param lastByte the last byte of the content, where it was the writer's
   */
  record Taken(Map<Long, ChunkEntry> chunks, boolean resumed, Optional<Byte> lastByte) {}

  StagedCommit(StagedDisk disk, UploadRecord record, ReopeningFile file, StagedContent content) {
    this.disk = disk;
    this.record = record;
    this.file = file;
    this.content = content;
    this.request = record.request();
  }

  /**
   * Looks at what stands at the target, while the last chunks are still under way.
   *
   * @param wasAbsent whether a look of this save has found nothing there before
   */
  void look(boolean wasAbsent, Call call) throws StorageException {
    String target = record.path().value();
    List<String> names = List.of(target, disk.sidecars.directory());
    List<Optional<RemoteStat>> looks =
        wasAbsent ? disk.store.lookAgain(names, call) : disk.store.lookAll(names, call);
    old = looks.get(0);
    disk.sidecars.observed(looks.get(1).isPresent());
  }

  /** Commits what is written; {@code noted} waits until all of it is in the record too. */
  FileMetadata commit(CommitRequest commit, Taken taken, Noted noted) throws StorageException {
    Call call = commit.call();
    boolean resumed = taken.resumed();
    String staged = RemotePaths.hidden(record.path(), request.writeId());
    Optional<Ending> before = resumed ? record.ending(call) : Optional.empty();
    if (before.isPresent() && (before.get().decided() || disk.store.look(staged, call).isEmpty())) {
      return repeat(record, before.get().answer(), commit.length());
    }
    List<Checksum> checksums = check(commit, chunks(commit, taken, noted));
    StagedPut.refuseEarly(before.isPresent() ? Optional.empty() : old, request.condition());
    RemoteStat stat;
    try {
      stat = complete(commit.length(), taken, call);
    } catch (StorageException e) {
      Optional<Ending> other = record.ending(Cleaning.after(call));
      if (!resumed || e.kind() != ErrorKind.NOT_FOUND || other.isEmpty()) {
        throw e;
      }
      return repeat(record, other.get().answer(), commit.length());
    }
    Checks.stored(stat.size(), commit.length());
    noted.await();
    disk.clock.observe(stat.modified());
    Sidecar kept = StagedPut.kept(request, checksums);
    record.intent(Published.of(answer(stat, kept, checksums)), call);
    RemoteStat published =
        new Publisher(disk)
            .publish(
                new Publisher.Ready(
                    staged,
                    record.path(),
                    stat,
                    old,
                    request.condition(),
                    kept,
                    request.writeId(),
                    isDurable(),
                    resumed || file.isReopened()),
                call);
    FileMetadata saved = answer(published, kept, checksums);
    Call keeping = Cleaning.after(call);
    Quietly.run(() -> record.outcome(Published.of(saved), keeping));
    return saved;
  }

  /** Waits until every chunk is in the record. */
  @FunctionalInterface
  interface Noted {
    void await() throws StorageException;
  }

  /** The chunks of the content; the record is asked where others may have written some. */
  private TreeMap<Long, ChunkEntry> chunks(CommitRequest commit, Taken taken, Noted noted)
      throws StorageException {
    long bytes = taken.chunks().values().stream().mapToLong(ChunkEntry::length).sum();
    boolean alone = !taken.resumed() && commit.computed(ChecksumAlgorithm.CRC32C).isPresent();
    if (alone && bytes == commit.length()) {
      return new TreeMap<>(taken.chunks());
    }
    noted.await();
    return content.trusted(taken.chunks().keySet(), commit.call());
  }

  /** The answer of a commit that has happened, for a repeat of it. */
  static FileMetadata repeat(UploadRecord record, Published answer, long length)
      throws StorageException {
    if (answer.size() != length) {
      throw StorageException.of(
          ErrorKind.LENGTH_MISMATCH,
          "The upload was committed with %d bytes and this commit names %d."
              .formatted(answer.size(), length));
    }
    return answer.metadata(record.path(), record.request());
  }

  private boolean isDurable() {
    return request.durability() != Durability.NONE;
  }

  private FileMetadata answer(RemoteStat stat, Sidecar kept, List<Checksum> checksums) {
    return kept.on(disk.metadata(record.path(), stat)).withChecksums(checksums);
  }

  private List<Checksum> check(CommitRequest commit, TreeMap<Long, ChunkEntry> chunks)
      throws StorageException {
    long end = 0;
    int crc = 0;
    for (Map.Entry<Long, ChunkEntry> chunk : chunks.entrySet()) {
      if (chunk.getKey() * record.chunkSize() != end) {
        throw gapAt(end);
      }
      ChunkEntry entry = chunk.getValue();
      crc = end == 0 ? entry.crc() : Crc32c.join(crc, entry.crc(), entry.length());
      end += entry.length();
    }
    OptionalLong announced = request.length();
    if (end < Math.max(commit.length(), announced.orElse(0))) {
      throw gapAt(end);
    }
    Checks.length(request, commit.length(), end);
    Checksum crc32c = Checksum.crc32c(crc);
    Optional<Checksum> sent = commit.computed(ChecksumAlgorithm.CRC32C);
    if (sent.isPresent() && !sent.get().equals(crc32c)) {
      throw StorageException.of(
          ErrorKind.CHECKSUM_MISMATCH, "The content was damaged on its way; save it again.");
    }
    Optional<Checksum> sha256 = commit.computed(ChecksumAlgorithm.SHA256);
    if (sha256.isEmpty() && Checks.needsSha256(request)) {
      sha256 = Optional.of(content.sha256(commit.length(), commit.call()));
    }
    Checks.expected(request, crc, sha256);
    return StagedPut.checksums(crc, sha256);
  }

  private static StorageException gapAt(long offset) {
    return StorageException.of(
        ErrorKind.LENGTH_MISMATCH,
        "The bytes from %d on are missing; send them and commit again.".formatted(offset));
  }

  /** Writes the last byte again, which dates the file now, and closes it. */
  private RemoteStat complete(long length, Taken taken, Call call) throws StorageException {
    ByteBuffer last = ByteBuffer.allocate(length == 0 ? 0 : 1);
    if (taken.lastByte().isPresent()) {
      last.put(taken.lastByte().get()).flip();
    } else if (length > 0) {
      content.read(length - 1, last, call);
      last.flip();
    }
    long offset = Math.max(0, length - 1);
    return file.run(
        call,
        f ->
            f.complete(
                new RemoteFile.Completion(
                    offset,
                    last.duplicate(),
                    new Staging(disk).mode(old),
                    isDurable(),
                    disk.timeAmongOthers(taken.resumed() || file.isReopened(), call)),
                call));
  }
}
