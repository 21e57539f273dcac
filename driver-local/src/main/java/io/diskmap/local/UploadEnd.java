package io.diskmap.local;

import io.diskmap.Checksum;
import io.diskmap.ChecksumAlgorithm;
import io.diskmap.Durability;
import io.diskmap.ErrorKind;
import io.diskmap.FileMetadata;
import io.diskmap.StorageException;
import io.diskmap.VersionTag;
import io.diskmap.spi.Call;
import io.diskmap.spi.CommitRequest;
import io.diskmap.spi.UploadId;
import io.diskmap.spi.WriteRequest;
import io.diskmap.spi.record.Checks;
import io.diskmap.spi.record.Published;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How a chunked save ends: published, or given up.
 *
 * <p>Thread-safe. The commit writes its intent into the record before the rename and its answer
 * after it. A commit that finds an intent but no staged file was killed in between, and tells by
 * looking: the file at the target is the staged one, by inode, size and time, or the outcome is
 * unknown.
 */
final class UploadEnd {
  private static final Duration FRESH = Duration.ofSeconds(1);

  private final Disk disk;
  private final Publisher publisher;

  UploadEnd(Disk disk, Publisher publisher) {
    this.disk = disk;
    this.publisher = publisher;
  }

  FileMetadata commit(StagedUpload upload, CommitRequest commit, WriteRequest request)
      throws IOException {
    String id = request.writeId();
    try (PathLocks.Held turn = disk.turnToCommit(id, commit.call())) {
      return commitInTurn(upload, commit, request);
    }
  }

  private FileMetadata commitInTurn(StagedUpload upload, CommitRequest commit, WriteRequest request)
      throws IOException {
    UploadRecord record = upload.record();
    Optional<Published> done = record.outcome();
    if (done.isEmpty() && record.intent().isPresent()) {
      done = settleByLooking(record);
    }
    if (done.isPresent()) {
      Checks.length(request, commit.length(), done.get().size());
      return done.get().metadata(record.path(), request);
    }
    Checks.length(request, commit.length(), commit.length());
    upload.flush();
    int crc = upload.joined(commit.length(), commit.call());
    upload.seal(commit.length());
    Optional<Checksum> sha256 = commit.computed(ChecksumAlgorithm.SHA256);
    if (sha256.isEmpty() && Checks.needsSha256(request)) {
      sha256 = Optional.of(upload.sha256(commit.length(), commit.call()));
    }
    Checks.expected(request, crc, sha256);
    makeFresh(upload, commit.length(), request.durability());
    return publish(upload, commit, request, Publisher.checksums(crc, sha256));
  }

  /** Durable as the request asks, and dated not much earlier than it is published. */
  private static void makeFresh(StagedUpload upload, long length, Durability durability)
      throws IOException {
    long start = System.nanoTime();
    upload.touch(length);
    if (durability == Durability.NONE) {
      return;
    }
    upload.force();
    if (System.nanoTime() - start > FRESH.toNanos()) {
      upload.touch(length);
      upload.force();
    }
  }

  private FileMetadata publish(
      StagedUpload upload, CommitRequest commit, WriteRequest request, List<Checksum> checksums)
      throws IOException {
    UploadRecord record = upload.record();
    Place place = Place.of(record.path());
    Path staged = StagedNames.of(request.writeId());
    commit.call().check();
    FileMetadata published =
        disk.tree.run(
            root -> {
              try (Dir parent = SafeTree.walk(root, place.parents())) {
                Attrs ready = parent.stat(staged);
                requireOwn(record, ready);
                VersionTag unknown = VersionTag.weak("unknown");
                record.intent(new Published(ready.size(), ready.modified(), unknown, checksums));
                return publisher.publish(
                    root,
                    new Publisher.Ready(parent, staged, record.path(), place.name()),
                    request.withCall(commit.call()),
                    checksums,
                    Publisher.kept(request, checksums));
              } catch (NoSuchFileException | NotDirectoryException gone) {
                return settleByLooking(record)
                    .map(answer -> answer.metadata(record.path(), request))
                    .orElseThrow(() -> removedMeanwhile(gone));
              }
            });
    record.outcome(Published.of(published));
    return published;
  }

  private static StorageException removedMeanwhile(IOException gone) {
    return StorageException.of(
        ErrorKind.NOT_FOUND,
        "What the save had staged is gone: the upload was aborted, swept, or removed by another"
            + " program; begin again.",
        gone);
  }

  private static void requireOwn(UploadRecord record, Attrs staged) throws IOException {
    if (!staged.isFile() || !record.inode().equals(Optional.of(staged.inode()))) {
      throw StorageException.of(
          ErrorKind.UNKNOWN,
          "Another file stands where the save was staged; abort the upload and begin again.");
    }
  }

  /**
   * The answer of a commit that was killed between its rename and its record. Empty where the
   * staged file is still there, so that the commit can simply be made.
   */
  Optional<Published> settleByLooking(UploadRecord record) throws IOException {
    Optional<Published> intent = record.intent();
    Optional<Long> inode = record.inode();
    if (intent.isEmpty() || inode.isEmpty()) {
      return record.outcome();
    }
    Place place = Place.of(record.path());
    Path staged = StagedNames.of(record.request().writeId());
    Optional<Published> found =
        disk.tree.run(
            root -> {
              try (Dir parent = SafeTree.walk(root, place.parents())) {
                Optional<Published> published =
                    published(parent, place.name(), inode.get(), intent.get());
                if (published.isPresent()) {
                  removeLeftover(parent, staged, inode.get());
                  if (record.request().durability() == Durability.NAME) {
                    disk.nameSyncs.sync(parent);
                  }
                  return published;
                }
                if (Publisher.statIfThere(parent, staged).isPresent()) {
                  return Optional.empty();
                }
              } catch (NoSuchFileException | NotDirectoryException parentsGone) {
                throw outcomeUnknown(parentsGone);
              }
              throw outcomeUnknown(null);
            });
    if (found.isPresent()) {
      record.outcome(found.get());
    }
    return found;
  }

  private Optional<Published> published(Dir parent, Path name, long inode, Published intent)
      throws IOException {
    Optional<Attrs> there = Publisher.statIfThere(parent, name);
    boolean ours =
        there.filter(f -> f.isFile() && f.inode() == inode && f.size() == intent.size()).isPresent()
            && there.get().modified().equals(intent.modified());
    if (!ours) {
      return Optional.empty();
    }
    Version version = disk.lookup.version(parent, name);
    return Optional.of(
        new Published(intent.size(), intent.modified(), version.tag(), intent.checksums()));
  }

  /** Between a link and the end of the hidden name both lead to the file. */
  private static void removeLeftover(Dir parent, Path staged, long inode) throws IOException {
    if (Publisher.statIfThere(parent, staged).filter(f -> f.inode() == inode).isPresent()) {
      parent.deleteFile(staged);
    }
  }

  private static StorageException outcomeUnknown(@Nullable Throwable cause) {
    return StorageException.of(
        ErrorKind.OUTCOME_UNKNOWN,
        "The save was interrupted while it was published, and the file has changed since; look at"
            + " the file.",
        cause);
  }

  /** Lets go of the files and keeps what is staged. */
  void leave(StagedUpload upload) {
    Quietly.close(upload);
    disk.letGo(upload.record().request().writeId());
  }

  private boolean isPublished(UploadRecord record) throws IOException {
    if (record.outcome().isPresent()) {
      return true;
    }
    try {
      return settleByLooking(record).isPresent();
    } catch (StorageException unknown) {
      if (unknown.kind() == ErrorKind.OUTCOME_UNKNOWN) {
        return false;
      }
      throw unknown;
    }
  }

  /** Removes what a save has staged, and its record; nothing to do where it is published. */
  void abort(String id, Call call) throws IOException {
    Optional<UploadRecord> opened = disk.uploads.open(new UploadId(id), call);
    if (opened.isEmpty()) {
      disk.uploads.remove(id);
      return;
    }
    try (UploadRecord record = opened.get()) {
      if (isPublished(record)) {
        return;
      }
      Place place = Place.of(record.path());
      Path staged = StagedNames.of(id);
      disk.tree.run(
          root -> {
            try {
              HiddenBranch.remove(root, place, staged);
              removeStaged(root, place, staged);
            } catch (NoSuchFileException gone) {
              // What is left to do is to remove directories that are empty.
            } catch (NotDirectoryException gone) {
              return false;
            } catch (LinkRefusedException swapped) {
              // Behind a link only what was staged before it came can be left, for a later sweep.
              if (record.inode().isPresent()) {
                throw swapped;
              }
              return false;
            }
            disk.prune(root, place.parents());
            return true;
          });
    }
    disk.uploads.remove(id);
  }

  private void removeStaged(Dir root, Place place, Path staged) throws IOException {
    try (Dir parent = SafeTree.walk(root, place.parents())) {
      Optional<Attrs> there = Publisher.statIfThere(parent, staged);
      if (there.isPresent()) {
        disk.sidecars.remove(there.get());
        parent.deleteFile(staged);
      }
    }
  }
}
