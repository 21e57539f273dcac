package io.diskmap.spi.staged;

import io.diskmap.Checksum;
import io.diskmap.ChecksumAlgorithm;
import io.diskmap.Durability;
import io.diskmap.ErrorKind;
import io.diskmap.FileMetadata;
import io.diskmap.StorageException;
import io.diskmap.StoragePath;
import io.diskmap.WriteCondition;
import io.diskmap.spi.Call;
import io.diskmap.spi.Chunk;
import io.diskmap.spi.CommitRequest;
import io.diskmap.spi.WriteRequest;
import io.diskmap.spi.record.Checks;
import io.diskmap.spi.record.Sidecar;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The save of a whole small file in one go: make and look, write and close, rename.
 *
 * <p>Thread-safe. It leaves no record behind: a lost answer is settled within the call. Where the
 * store makes a file whole, that is one step, and the rename the other one: it replaces nothing at
 * first, and only where that is refused is the target looked at. While targets are found to stand,
 * the look comes first.
 */
final class StagedPut {
  private final StagedDisk disk;
  private final Staging staging;
  private final Publisher publisher;
  private volatile boolean replacing;

  StagedPut(StagedDisk disk) {
    this.disk = disk;
    this.staging = new Staging(disk);
    this.publisher = new Publisher(disk);
  }

  FileMetadata put(StoragePath path, Chunk content, CommitRequest commit, WriteRequest request)
      throws StorageException {
    Checks.length(request, commit.length(), content.length());
    Optional<Checksum> sha256 = commit.computed(ChecksumAlgorithm.SHA256);
    if (sha256.isEmpty() && Checks.needsSha256(request)) {
      sha256 = Optional.of(Checks.sha256(content.data()));
    }
    Checks.expected(request, content.crc32c(), sha256);
    List<Checksum> checksums = checksums(content.crc32c(), sha256);
    Call call = request.call();
    call.check();
    StageTable table = disk.enterTable(call);
    boolean clean = true;
    StorageException failure = null;
    try {
      table.cover(RemotePaths.parent(path.value()), call);
      clean = false;
      disk.late.stop(request.writeId(), call);
      FileMetadata saved = save(path, content.data(), request, checksums);
      clean = true;
      return saved;
    } catch (StorageException e) {
      failure = e;
      throw e;
    } finally {
      if (clean) {
        table.leave(true, Cleaning.fresh(call));
      } else {
        new StagedAbort(disk).abort(table, path, request.writeId(), failure, call);
      }
    }
  }

  private FileMetadata save(
      StoragePath path, ByteBuffer bytes, WriteRequest request, List<Checksum> checksums)
      throws StorageException {
    Call call = request.call();
    int length = bytes.remaining();
    boolean durable = request.durability() != Durability.NONE;
    RemoteFile.Completion end =
        new RemoteFile.Completion(0, bytes, staging.mode(Optional.empty()), durable);
    Sidecar kept = kept(request, checksums);
    if (!kept.isEmpty()) {
      disk.sidecars.observed(true); // from now on those who have none keep out of its way
    }
    Optional<RemoteStat> made = staging.make(path, request.writeId(), end, call);
    Staged staged =
        made.isPresent()
            ? new Staged(made.get(), Optional.empty(), false)
            : stageInSteps(path, bytes, request, durable);
    Checks.stored(staged.stat().size(), length);
    Publisher.Ready ready =
        new Publisher.Ready(
            RemotePaths.hidden(path, request.writeId()),
            path,
            staged.stat(),
            staged.target(),
            request.condition(),
            kept,
            request.writeId(),
            durable,
            staged.again());
    disk.clock.observe(staged.stat().modified());
    RemoteStat published = publish(ready, made.isPresent(), call);
    return kept.on(disk.metadata(path, published)).withChecksums(checksums);
  }

  /** A hidden file that is complete and closed, and what was seen at its target. */
  private record Staged(RemoteStat stat, Optional<RemoteStat> target, boolean again) {}

  private Staged stageInSteps(
      StoragePath path, ByteBuffer bytes, WriteRequest request, boolean durable)
      throws StorageException {
    Call call = request.call();
    RemoteStore.Begun begun = staging.begin(path, request.writeId(), call);
    try (RemoteFile file = begun.file()) {
      refuseEarly(begun.target(), request.condition());
      RemoteStat stat =
          file.complete(
              new RemoteFile.Completion(
                  0,
                  bytes,
                  staging.mode(begun.target()),
                  durable,
                  disk.timeAmongOthers(begun.again(), call)),
              call);
      return new Staged(stat, begun.target(), begun.again());
    }
  }

  private RemoteStat publishUnseen(Publisher.Ready ready, Call call) throws StorageException {
    boolean mayBeDone = false;
    boolean plain = ready.condition().kind() == WriteCondition.Kind.NONE && ready.kept().isEmpty();
    if (plain && !replacing) {
      try {
        if (disk.store.renameOnce(ready.staged(), ready.path().value(), call)) {
          return ready.stat();
        }
      } catch (StorageException e) {
        if (!Cleaning.isOpen(e)) {
          throw e;
        }
        if (publisher.isGone(ready.staged(), call, e)) {
          return ready.stat();
        }
        mayBeDone = true;
      }
    }
    Optional<RemoteStat> target = staging.look(ready.path(), call);
    replacing = target.isPresent();
    refuseEarly(target, ready.condition());
    return publisher.publish(ready.over(target, mayBeDone), call);
  }

  /** Publishes; where that fails open, whoever removes the hidden file learns how it ended. */
  private RemoteStat publish(Publisher.Ready ready, boolean unseen, Call call)
      throws StorageException {
    try {
      return unseen ? publishUnseen(ready, call) : publisher.publish(ready, call);
    } catch (StorageException e) {
      if (!Cleaning.isOpen(e) || ready.condition().kind() != WriteCondition.Kind.NONE) {
        throw e;
      }
      Call cleaning = Cleaning.fresh(call);
      boolean removed;
      try {
        removed = Cleaning.uninterrupted(() -> disk.store.remove(ready.staged(), cleaning));
      } catch (StorageException unreachable) {
        e.addSuppressed(unreachable);
        throw Cleaning.unknown(e);
      }
      if (removed) {
        throw e;
      }
      return ready.stat();
    }
  }

  /** What shows before the content travels; the decision falls when the file is published. */
  static void refuseEarly(Optional<RemoteStat> target, WriteCondition condition)
      throws StorageException {
    if (target.isPresent() && target.get().kind() == RemoteStat.Kind.OTHER) {
      throw StorageException.of(
          ErrorKind.PATH_CONFLICT,
          "Something that is no file of this path stands there, or a file whose name differs only"
              + " in upper and lower case; choose another path.");
    }
    boolean file = target.isPresent() && !target.get().isDirectory();
    if (condition.kind() == WriteCondition.Kind.IF_ABSENT && file) {
      throw Publisher.exists();
    }
  }

  /** A condition on a version cannot be held among writers that know nothing of each other. */
  static void refuseIfMatch(WriteCondition condition) throws StorageException {
    if (condition.kind() == WriteCondition.Kind.IF_MATCH) {
      throw StorageException.of(
          ErrorKind.UNSUPPORTED,
          "The server has no step that replaces one version only; save without the condition.");
    }
  }

  /** What a request asks to keep beside the content. */
  static Sidecar kept(WriteRequest request, List<Checksum> checksums) {
    return new Sidecar(
        request.contentType(),
        checksums.stream().filter(c -> request.record().contains(c.algorithm())).toList(),
        request.attributes());
  }

  /** The checksums that a save answers, the one of all chunks first. */
  static List<Checksum> checksums(int crc32c, Optional<Checksum> sha256) {
    return Stream.concat(Stream.of(Checksum.crc32c(crc32c)), sha256.stream()).toList();
  }
}
